import { CalendarDate } from "../../../domain/calendar-date";
import { inventoryOf } from "../../../governance/inventory/inventory-of";
import { inventoryOn } from "../../../governance/inventory/inventory-on";
import { readOutput } from "../../../governance/inventory/output";
import { scratch } from "../../support/cli";
import { agentOf, bucket, external, httpTool } from "../../support/domain";
import { synthesize } from "../../support/example-app";
import { ACKNOWLEDGED, inventoryOfFleet, outputOf, registryOfFleet, TODAY } from "../../support/inventory/outputs";
import { filesOf } from "../../support/review/folders";

const folder = scratch("inventory");
const files = filesOf(synthesize());
for (const [file, content] of Object.entries(files)) folder.put(`example/${file}`, content);
const example = inventoryOf(readOutput(`${folder.path}/example`));

describe("the example fleet", () => {
  const registry = JSON.parse(String(files["ambit/registry.json"])) as { readonly agents: object };

  test("has every agent that is declared, the suspended one too, each with its state", () => {
    expect(example.agents.map(({ name }) => name)).toEqual(Object.keys(registry.agents).sort());
    expect(example.agents.filter(({ state }) => state !== "active").map(({ name, state }) => [name, state])).toEqual([
      ["press-writer", "suspended"],
    ]);
  });

  test("has the place of each declaration, and counts the resources that are the agent's own", () => {
    expect(example.agents.find(({ name }) => name === "support-triage")).toMatchObject({
      declaredAt: { file: "fleet/agents/support-triage.ts" },
      credentials: {
        kind: "brokered",
        roles: ["arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage"],
      },
      ways: [{ name: "http", starts: ["user"] }],
      clients: ["support-desk"],
      delegatesTo: ["researcher.lookup"],
    });
    expect(example.agents.every(({ resources }) => resources > 0)).toBe(true);
  });

  test("keeps models apart from tools, with who uses them", () => {
    expect(example.models).toEqual([
      expect.objectContaining({
        name: "claude",
        model: "claude-sonnet-4-5",
        usedBy: ["ledger-reconciler", "researcher", "support-triage"],
      }),
    ]);
    expect(example.tools.map(({ name }) => name)).not.toContain("claude");
    const { models = [], tools = [] } = example.agents.find(({ name }) => name === "researcher") ?? {};
    expect([models.map(({ model }) => model), tools.map(({ name }) => name)]).toEqual([
      ["claude-sonnet-4-5"],
      ["zendesk"],
    ]);
  });

  test("names a starter for the tasks that it may start, and for no other agent's", () => {
    const merged = "https://merged.starters.prod.acme.example";
    const started = example.agents.flatMap(({ name, starters }) =>
      starters.filter(({ issuer }) => issuer === merged).map(({ tasks }) => [name, tasks]),
    );
    expect(started).toEqual([["release-scribe", ["note"]]]);
  });

  test("says who hands work to an agent as it says to which an agent hands work", () => {
    const handedOn = example.agents.flatMap(({ tasks, name }) =>
      tasks.flatMap(({ name: task, delegates }) => delegates.map(({ to }) => [`${name}.${task}`, to.split(".")[0]])),
    );
    const received = example.agents.flatMap(({ name, delegatedFrom }) => delegatedFrom.map((from) => [from, name]));
    expect(received.sort()).toEqual(handedOn.sort());
    expect(received.length).toBeGreaterThan(0);
  });
});

test("an agent that reaches nothing is listed too, with nothing", () => {
  const [agent] = inventoryOfFleet(agentOf()).agents;
  expect(agent).toMatchObject({ tools: [], models: [], data: [], horizon: [], ways: [], highestSensitivity: "public" });
});

test("risk follows from the declarations, and not from the tier that a registry names", () => {
  const data = [bucket("ledger", "restricted").readWrite()];
  const registry = registryOfFleet(agentOf({ tasks: { answer: { startedBy: "user", data } } }));
  const { triage } = registry.agents;
  const lying = { ...registry, agents: { triage: { ...triage!, risk: { tier: "low", score: 0 } } } };
  const [agent] = inventoryOf(outputOf(lying)).agents;
  expect(agent?.risk).toMatchObject({ tier: "medium", score: 30 });
  expect(agent?.risk.reasons[0]).toEqual({ points: 25, because: "uses restricted data" });
});

test("a dataset that the registry does not know counts as restricted", () => {
  const registry = registryOfFleet(agentOf({ tasks: { answer: { startedBy: "user", data: [external("x").read()] } } }));
  const [agent] = inventoryOf(outputOf({ ...registry, datasets: {} })).agents;
  expect(agent?.data).toEqual([{ name: "x", sensitivity: "restricted", kinds: ["read"] }]);
});

test("what holds a task back is listed by task: approval, budgets, order, and a time in which they are only noted", () => {
  const task = {
    startedBy: "user",
    tools: [httpTool("crm").allow("get")],
    enforcement: { observe: { until: "2027-01-15", reason: "numbers are not known yet" } },
  } as const;
  const [agent] = inventoryOfFleet(agentOf({ tasks: { answer: task } })).agents;
  expect(agent?.tasks[0]?.enforcement).toEqual({
    observedUntil: { day: "2027-01-15", reason: "numbers are not known yet" },
    budgets: [],
    orders: [],
  });
});

describe("acknowledged findings", () => {
  const resource = (address: string, owner: string) => ({ address, owner, acknowledged: [ACKNOWLEDGED] });
  const registry = registryOfFleet(agentOf({ acknowledgements: [ACKNOWLEDGED] }), agentOf({}, "other"));

  test("stand with their agent, whether declared or at one of its resources, and all others with the fleet", () => {
    const inventory = inventoryOf(
      outputOf(registry, [resource("agents/aws_iam_role.a", "triage"), resource("control/aws_kms_key.b", "Gateway")]),
    );
    expect(inventory.agents.map(({ name, acknowledged }) => [name, acknowledged.map(({ at }) => at)])).toEqual([
      ["other", []],
      ["triage", ["agent", "agents/aws_iam_role.a"]],
    ]);
    expect(inventory.acknowledged).toEqual([{ ...ACKNOWLEDGED, at: "control/aws_kms_key.b" }]);
  });

  test("end on their day, and agents on theirs, where a day is given", () => {
    const inventory = inventoryOf(outputOf(registry, [resource("control/aws_kms_key.b", "")]));
    const on = (day: string) => inventoryOn(inventory, CalendarDate.of(day, "test", "day"));
    const states = (day: string) => on(day).agents.map(({ state }) => state);
    const ended = (day: string) => [
      on(day).acknowledged[0]?.ended,
      on(day).agents.find(({ name }) => name === "triage")?.acknowledged[0]?.ended,
    ];
    expect(inventoryOn(inventory, CalendarDate.of(TODAY, "test", "day"))).toEqual(inventory);
    expect([ended("2027-01-30"), ended("2027-01-31")]).toEqual([
      [undefined, undefined],
      [true, true],
    ]);
    expect([states("2027-06-29"), states("2027-06-30")]).toEqual([
      ["active", "active"],
      ["expired", "expired"],
    ]);
  });
});

test("an agent that was suspended and has expired is expired", () => {
  const inventory = inventoryOfFleet(agentOf({ suspended: true }));
  const later = inventoryOn(inventory, CalendarDate.of("2028-01-01", "test", "day"));
  expect([inventory.agents[0]?.state, later.agents[0]?.state]).toEqual(["suspended", "expired"]);
});

describe("fails when", () => {
  test.each([
    ["the folder has no registry", "ambit/registry.json", undefined, /^ambit\/registry\.json: is not there: run synth/],
    ["the registry is no JSON", "ambit/registry.json", "{", /^ambit\/registry\.json: must be JSON/],
    [
      "the registry is of another version",
      "ambit/registry.json",
      '{"version":"ambit.registry/9"}',
      /synthesize again$/,
    ],
    [
      "a key of the registry stands twice",
      "ambit/registry.json",
      '{"agents":{},"agents":{}}',
      /: agents: is written twice/,
    ],
    [
      "the manifest leads out of the folder",
      "manifest.json",
      '{"stacks":{"a":{"synthesizedStackPath":"../x"}}}',
      /must be a path within the folder, got "\.\.\/x"/,
    ],
    ["a stack is no JSON", "stacks/agents/cdk.tf.json", "[]", /^stacks\/agents\/cdk\.tf\.json: must be a JSON object/],
  ])("%s", (name, file, content, message) => {
    const at = name.replaceAll(" ", "-");
    for (const [path, text] of Object.entries(files)) if (path !== file) folder.put(`${at}/${path}`, text);
    if (content !== undefined) folder.put(`${at}/${file}`, content);
    expect(() => readOutput(`${folder.path}/${at}`)).toThrow(message);
  });

  test("the registry has a key that is not known: it may say what is not listed", () => {
    const registry = JSON.parse(String(files["ambit/registry.json"])) as object;
    for (const [path, text] of Object.entries(files)) folder.put(`unknown/${path}`, text);
    folder.put("unknown/ambit/registry.json", JSON.stringify({ ...registry, more: {} }));
    expect(() => readOutput(`${folder.path}/unknown`)).toThrow(/^ambit\/registry\.json: more: no such key is known/);
  });
});
