import {
  type AgentDeclaration,
  declaredAt,
  type Fleet,
  refuse,
  type RegistryAgent,
  type RegistryDocument,
  shown,
} from "../../domain";
import { type HandedFact, handedFacts } from "../../domain/rules/handed-facts";
import { riskOf } from "../../domain/rules/risk";
import { taskRiskFacts } from "../../domain/rules/risk-facts";
import { registryWithoutAws } from "../platform/documents";
import type { Platform } from "../platform/platform";
import { type PlatformRiskControl, RISK_TIERS } from "../platform/risk-controls";

/**
 * Whether each agent has what the platform asks for at its tier of risk.
 *
 * @throws DeclarationError `risk.control-missing`
 */
export function riskIsControlled(fleet: Fleet, platform: Platform): void {
  if (platform.riskControls.length === 0) return;
  const registry = registryWithoutAws(platform, fleet);
  for (const agent of fleet.agents) {
    const entry = registry.agents[agent.name];
    if (entry === undefined) continue;
    for (const control of platform.riskControls) {
      if (RISK_TIERS.indexOf(entry.risk.tier as never) < RISK_TIERS.indexOf(control.from)) continue;
      const missing = missingIn(agent, registry, control);
      if (missing === undefined) continue;
      const { score, tier, reasons } = riskOf(registry, entry);
      const why = reasons.slice(0, MOST_REASONS).map(({ because, points }) => `${because} (${points})`);
      const sentence = `its risk is ${tier} (${score} points: ${why.join(", ")}), from ${control.from} on ${missing}`;
      refuse("risk.control-missing", agent.where, `${sentence}, because ${control.because}${declaredAt(agent)}`);
    }
  }
}

/** Reasons that a refusal shows, the heaviest first */
const MOST_REASONS = 3;

/** What an agent lacks, and what to write */
function missingIn(
  agent: AgentDeclaration,
  registry: RegistryDocument,
  { requires }: PlatformRiskControl,
): string | undefined {
  if (requires === "second-owner") {
    return agent.secondOwner === undefined ? "a second owner is required: write secondOwner" : undefined;
  }
  if (requires === "approval") {
    const entry = registry.agents[agent.name] as RegistryAgent;
    for (const [name, task] of Object.entries(entry.tasks)) {
      const { calls, isApproved } = taskRiskFacts(registry, entry, name);
      if (!isApproved && calls.some(isHarmful)) {
        const fix = "write approval, or take its high-impact and outward actions away";
        return `an approval is required for task ${shown(name)}: ${fix}`;
      }
      const handed = handedFacts(registry, task).find((fact) => !fact.isApproved && isHarmful(fact));
      if (handed === undefined) continue;
      const sentence = `an approval is required for task ${shown(name)} or for ${handed.by}, whose high-impact and outward actions it may use`;
      return `${sentence}: write approval, or leave these out of the edge's tools`;
    }
    return undefined;
  }
  const task = [...agent.tasks.values()].find(({ ttl }) => ttl.seconds > requires.seconds);
  if (task === undefined) return undefined;
  return `task ${shown(task.name)} must run at most ${requires}, got ${task.ttl}: write ttl: "${requires}"`;
}

function isHarmful({ isHighImpact, isOutward }: Pick<HandedFact, "isHighImpact" | "isOutward">): boolean {
  return isHighImpact || isOutward;
}
