import { Fleet, type AgentClass } from "../../../constructs";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { type Finding } from "../../../constructs/guardrails/finding";
import { judgeAgents } from "../../../constructs/guardrails/judge";
import { isBlockRule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { AgentsStack } from "../../../stacks";
import { testApp } from "../../support/app";
import { refusal } from "../../support/domain";
import { AGENT_CASES } from "../../support/guardrails/agent-cases";
import { CLOCK, platformWith, Template } from "../../support/synth";

const platform = platformWith();

function findingsOf(agents: readonly AgentClass[], rule: string): readonly Finding[] {
  const registry = registryDocument({ platform, fleet: Fleet.of(...agents) });
  const rules = RULES.filter(({ id }) => id === rule);
  return judgeAgents(registry, { rules, now: CLOCK.now() }).refused;
}

function stackOf(agents: readonly AgentClass[]): AgentsStack {
  return new AgentsStack(testApp(), "agents", { platform, fleet: Fleet.of(...agents) });
}

test("each rule about agents has a case", () => {
  const about = RULES.filter((rule) => !isBlockRule(rule)).map(({ id }) => id);
  expect([...new Set(AGENT_CASES.map(({ rule }) => rule))].sort()).toEqual([...about].sort());
});

describe.each(AGENT_CASES.map((each) => [`${each.rule}: ${each.name}`, each] as const))("%s", (_, each) => {
  const id = `${each.rule}[${each.finding}]`;

  test("is refused, also by synth, which names the line of the declaration", () => {
    expect(findingsOf(each.refuses(), each.rule).map((found) => found.id)).toEqual([id]);
    const { code, message } = refusal(() => Template.of(stackOf(each.refuses())));
    expect(code).toBe("guardrail.violated");
    expect(message).toMatch(/^fleet: guardrails refuse it for /);
    expect(message).toContain(`${id} at agent.`);
    expect(message).toContain("(test/support/guardrails/agent-cases.ts:");
  });

  test("its neighbour is accepted", () => expect(findingsOf(each.accepts(), each.rule)).toEqual([]));
});

test("an agent's acknowledgement lets it be synthesized, and stands in the registry", () => {
  const { refuses, rule } = AGENT_CASES.find(({ finding }) => finding === "memory") as (typeof AGENT_CASES)[number];
  const [Clerk] = refuses();
  const [{ id: finding, hash }] = findingsOf([Clerk as AgentClass], rule) as readonly [Finding];
  const acknowledgement = {
    finding,
    hash,
    reason: "its users are one team",
    owner: "team@acme.example",
    expires: "2027-03-31",
  };
  const { declaration } = Clerk as AgentClass;
  expect(declaration.acknowledgements).toEqual([]);
  const registry = registryDocument({ platform, fleet: Fleet.of(Clerk as AgentClass) });
  const agents = { ...registry.agents, clerk: { ...registry.agents["clerk"]!, acknowledged: [acknowledgement] } };
  const { refused, acknowledged } = judgeAgents({ ...registry, agents }, { rules: RULES, now: CLOCK.now() });
  expect(refused).toEqual([]);
  expect(acknowledged.map((each) => each.acknowledgement)).toEqual([acknowledgement]);
});
