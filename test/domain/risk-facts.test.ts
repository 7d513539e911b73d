import type { RegistryAgent, RegistryDocument, RegistryTask } from "../../domain";
import { riskOf } from "../../domain";
import { knownTaskRiskFacts } from "../../domain/rules/risk-facts";
import { registryAround } from "../support/derived";
import { agentOf, bucket, httpTool } from "../support/domain";

const web = httpTool("web", {
  url: "https://web.example",
  actions: { get: { method: "GET", path: "/" } },
});
const registry = registryAround(
  agentOf({ tasks: { go: { startedBy: "user", tools: [web.allow("get")], data: [bucket("logs").read()] } } }, "triage"),
);

/** The same registry, in which one agent or its task is another, and all else the same objects */
function changed(task: Partial<RegistryTask>, agent: Partial<RegistryAgent> = {}): RegistryDocument {
  const before = registry.agents["triage"] as RegistryAgent;
  const tasks = { go: { ...(before.tasks["go"] as RegistryTask), ...task } };
  return { ...registry, agents: { triage: { ...before, ...agent, tasks } } };
}

function factsIn(of: RegistryDocument): unknown {
  return knownTaskRiskFacts(of, of.agents["triage"] as RegistryAgent, "go");
}

const tool = registry.tools["web"]!;
const { get } = tool.actions;
const serves = {
  chat: { kind: "http", tasks: ["go"], untrusted: ["user"] },
} as unknown as NonNullable<RegistryAgent["serves"]>;

test.each<[string, RegistryDocument]>([
  ["the tools of the registry", { ...registry, tools: { web: { ...tool, untrustedOutput: !tool.untrustedOutput } } }],
  [
    "an action",
    { ...registry, tools: { web: { ...tool, actions: { get: { ...get!, impact: "high", outward: true } } } } },
  ],
  ["the datasets of the registry", { ...registry, datasets: {} }],
  ["a way in", changed({}, { serves })],
  ["its starts", changed({ startedBy: ["schedule"] })],
  ["its data", changed({ data: {} })],
  ["its tools", changed({ tools: {} })],
  ["its delegates", changed({ delegates: { "other.go": {} as never } })],
  ["its approval", changed({ approval: {} as never })],
  ["its observation", changed({ observe: {} as never })],
])("facts of a task change with %s", (_, other) => {
  const before = factsIn(registry);
  expect(factsIn(other)).toEqual(factsIn(structuredClone(other)));
  expect(factsIn(other)).not.toEqual(before);
  expect(factsIn(registry)).toEqual(before);
});

test("facts of a task are worked out once, also in a registry that has more about it", () => {
  const [before, more] = [factsIn(registry), changed({ aws: { role: "arn:aws:iam::111122223333:role/a" } })];
  expect(factsIn(more)).toBe(before);
  expect(riskOf(more, more.agents["triage"] as RegistryAgent)).toEqual(
    riskOf(structuredClone(more), more.agents["triage"] as RegistryAgent),
  );
});
