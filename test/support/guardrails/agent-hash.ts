import type { AgentClass, Fleet } from "../../../constructs";
import { judgeAgents } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { fixedClock, registryOf, TrustDomain } from "../../../domain";

const DAY = "2026-12-01";

/** The hash of an agent's finding, for fleets whose tools are at other addresses in each run. It is the same on all platforms. */
export function agentHash(fleet: Fleet<AgentClass>, finding: string): string {
  const clock = fixedClock(DAY);
  const trust = { issuers: [], starters: [] };
  const registry = registryOf(fleet, {
    trustDomain: TrustDomain.of("acme.example", "test"),
    clock,
    domains: [],
    trust,
  });
  const found = judgeAgents(registry, { rules: RULES, now: clock.now() }).refused.filter(({ id }) => id === finding);
  if (found.length !== 1) throw new Error(`expected one finding ${finding}, got ${found.length}`);
  return (found[0] as (typeof found)[number]).hash;
}
