import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import { RegistryError } from "../../../runtime/registry/registry-error";
import { exampleDocument, exampleFleet } from "../../support/exchange/example-fleet";
import { edited } from "../../support/decisions/edit";

const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";
const agent = (name: string) => {
  const found = exampleFleet.agentNamed(name);
  if (found === undefined) throw new Error(`the example has no agent ${name}`);
  return found;
};
const task = (of: string, name: string) => agent(of).tasks.get(name);

test("an agent is found by its SPIFFE ID and by its name, and a stranger by neither", () => {
  expect(exampleFleet.agentOf(TRIAGE)).toBe(agent("support-triage"));
  expect(agent("support-triage")).toMatchObject({
    name: "support-triage",
    spiffeId: TRIAGE,
    owner: expect.stringContaining("@"),
    clients: ["support-desk"],
    expires: Date.UTC(2027, 5, 30) / 1000,
    session: { idleSeconds: 1800, totalSeconds: 28_800 },
  });
  for (const name of ["stranger", "__proto__", "constructor"]) {
    expect(exampleFleet.agentNamed(name)).toBeUndefined();
    expect(exampleFleet.agentOf(name)).toBeUndefined();
  }
});

test("a task has what its token may be for", () => {
  expect(task("support-triage", "answer")).toMatchObject({
    name: "answer",
    startedBy: ["user"],
    ttlSeconds: 900,
    tools: new Map([
      ["claude", ["ask"]],
      ["zendesk", ["comment", "read"]],
    ]),
    delegates: new Map([["researcher.lookup", { depth: 2, actions: "any", sensitivity: 2, ttlSeconds: 600 }]]),
    approval: undefined,
    aws: { reads: "confidential", writes: "confidential" },
  });
  expect(task("support-triage", "refund")?.approval).toEqual({
    group: "support-leads",
    requestOpenSeconds: 3600,
    decisionGoodForSeconds: 300,
  });
});

test("a task that only reads has no sensitivity that it may write", () => {
  expect(task("ledger-reconciler", "login")?.aws).toMatchObject({ writes: undefined });
});

test("a task without AWS data has no role", () => {
  expect(task("support-triage", "refund")).toMatchObject({ aws: undefined });
});

test("a federated agent is one knower under every declaration", () => {
  expect(exampleFleet.agentNamed("build-watcher")?.memory).toBe("shared");
  const said = edited(
    exampleDocument,
    [[["registry", "agents", "build-watcher", "memory"], { $add: "per-user" }]],
    "test",
  );
  expect(fleetView(said as FleetDocument, 1).agentNamed("build-watcher")?.memory).toBe("shared");
  expect(exampleFleet.agentNamed("support-triage")?.memory).toBe("per-user");
});

test("a federated agent gets no AWS credentials from the exchange", () => {
  expect(task("build-watcher", "summarise")).toMatchObject({ aws: undefined });
});

const REGISTRY = ["registry", "agents", "support-triage"];
const POLICY = ["policy", "agents", TRIAGE];

const REFUSED: readonly (readonly [string, readonly string[], unknown, string])[] = [
  [
    "another version",
    ["registry", "version"],
    "ambit.registry/3",
    'registry.version: invalid option: expected one of "ambit.registry/1"|"ambit.registry/2"',
  ],
  [
    "another version of the policy",
    ["policy", "version"],
    "ambit.policy/9",
    'policy.version must be ambit.policy/1, got "ambit.policy/9"',
  ],
  [
    "keys of an issuer without https",
    ["registry", "trust", "issuers", "0", "jwksUri"],
    "http://a.example/",
    "registry.trust.issuers.0.jwksUri: invalid URL",
  ],
  [
    "an unsupported algorithm",
    ["registry", "trust", "starters", "0", "algorithms"],
    ["HS256"],
    "registry.trust.starters.0.algorithms.0",
  ],
  [
    "a starter of starts that are not its own",
    ["registry", "trust", "starters", "0", "starts"],
    ["user"],
    "registry.trust.starters.0.starts.0",
  ],
  [
    "two trust domains",
    ["registry", "trustDomain"],
    "test.acme.example",
    "the registry is of trust domain test.acme.example, the policy of prod.acme.example",
  ],
  [
    "an agent of another SPIFFE ID",
    [...REGISTRY, "spiffeId"],
    "spiffe://prod.acme.example/ns/support/sa/other",
    "the policy has no agent support-triage with spiffe://prod.acme.example/ns/support/sa/other",
  ],
  [
    "an agent under another's SPIFFE ID",
    [...POLICY, "name"],
    "researcher",
    `the policy has no agent support-triage with ${TRIAGE}`,
  ],
  [
    "an agent of the policy alone",
    ["policy", "agents", "spiffe://prod.acme.example/x"],
    { $add: exampleFleet.policy.agents[TRIAGE] },
    "the registry has 9 agents, the policy 10",
  ],
  [
    "a task of the policy alone",
    [...POLICY, "tasks", "more"],
    { $add: exampleFleet.policy.agents[TRIAGE]?.tasks["answer"] },
    "only one of the two has the task support-triage.more",
  ],
  [
    "another action",
    [...REGISTRY, "tasks", "answer", "tools", "zendesk"],
    ["comment", "purge"],
    "they grant other actions to support-triage.answer",
  ],
  [
    "fewer actions",
    [...REGISTRY, "tasks", "answer", "tools", "zendesk"],
    ["comment"],
    "they grant other actions to support-triage.answer",
  ],
  [
    "other approvers",
    [...REGISTRY, "tasks", "refund", "approval", "group"],
    "interns",
    "they name other approvers of support-triage.refund",
  ],
  [
    "AWS access of the registry alone",
    [...POLICY, "tasks", "answer", "aws"],
    null,
    "only one of the two gives support-triage.answer AWS data",
  ],
  [
    "a brokered task without a session policy",
    [...REGISTRY, "tasks", "answer", "aws"],
    { role: "arn:aws:iam::1:role/x" },
    "support-triage.answer is brokered, and has no session policy for STS",
  ],
  [
    "a tool that acts as a service in the registry alone",
    ["registry", "tools", "zendesk", "actsAs"],
    { service: "research-search", bind: {} },
    "only one of the two has zendesk, or says where it is, or that it acts as the user",
  ],
  [
    "a tool that acts as the user in the registry alone",
    ["registry", "tools", "search", "actsAs"],
    "user",
    "only one of the two has search, or says where it is, or that it acts as the user",
  ],
  [
    "a tool with a malformed actsAs",
    ["registry", "tools", "search", "actsAs"],
    "someone",
    "registry.tools.search.actsAs",
  ],
];

test("it knows whose rights each tool uses", () => {
  expect([exampleFleet.toolOf("zendesk")?.actsAs, exampleFleet.toolOf("search")?.actsAs]).toEqual([
    "user",
    { service: "research-search", bind: {} },
  ]);
  expect(exampleFleet.toolOf("constructor")).toBeUndefined();
});

test("it knows which actions of a tool agents send push notifications to", () => {
  const way = {
    kind: "a2a",
    port: 8081,
    paths: ["/a2a"],
    tasks: ["answer"],
    sensitivity: "public",
    clearance: "internal",
    pushes: { tool: "zendesk", action: "comment" },
  };
  const at = ["registry", "agents", "support-triage", "serves"];
  const fleet = fleetView(edited(exampleDocument, [[at, { a2a: way }]], "test") as FleetDocument, 1);
  expect([fleet.toolOf("zendesk")?.pushed, fleet.toolOf("search")?.pushed]).toEqual([new Set(["comment"]), new Set()]);
  expect(exampleFleet.toolOf("zendesk")?.pushed).toEqual(new Set());
});

test.each(REFUSED)("fails when it has %s", (_, path, value, message) => {
  const document = edited(exampleDocument, [[path, value]], "test") as FleetDocument;
  const view = () => fleetView(document, 1);
  expect(view).toThrow(RegistryError);
  expect(view).toThrow(message);
});

test("fails when an agent is of another trust domain in both", () => {
  const renamed = JSON.parse(JSON.stringify(exampleDocument).replaceAll(TRIAGE, TRIAGE.replace("prod", "test")));
  expect(() => fleetView(renamed, 1)).toThrow("agent support-triage must be of trust domain prod.acme.example");
});
