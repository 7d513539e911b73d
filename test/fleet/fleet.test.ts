import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import { actionsOf, type Reached, reachOf, type Task } from "../../domain";
import { fleet } from "../../fleet";
import { synthesizeAnew } from "../support/synthesize";

const FOLDER = join(__dirname, "../../fleet/agents");

function exported(file: string): readonly AgentClass[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const names = require(join(FOLDER, file)) as Readonly<Record<string, AgentClass>>;
  return Object.values(names);
}

test("every agent file is in the fleet", () => {
  const classes = readdirSync(FOLDER).flatMap(exported);
  expect(classes.length).toBeGreaterThanOrEqual(6);
  expect(classes.filter((agent) => !fleet.members.includes(agent)).map((agent) => agent.declaration.name)).toEqual([]);
  expect(fleet.members).toHaveLength(classes.length);
});

test("an agent's file has its name", () => {
  for (const file of readdirSync(FOLDER)) {
    expect(exported(file).map((agent) => `${agent.declaration.name}.ts`)).toEqual([file]);
  }
});

test("the order in which agents and starters are listed changes no byte", () => {
  const listed = synthesizeAnew();
  const reversed = synthesizeAnew(
    Fleet.of(...[...fleet.members].reverse()).startedBy(...[...fleet.starters].reverse()),
  );
  expect(reversed).toEqual(listed);
});

test("work handed on twice still reaches a specialist, with rights of its own", () => {
  const answer = fleet.agents.find(({ name }) => name === "support-triage")?.tasks.get("answer");
  const [lookup, fetch] = reachOf(answer as Task);
  expect(lookup?.chain).toEqual(["researcher.lookup"]);
  expect(fetch?.chain).toEqual(["researcher.lookup", "web-reader.fetch"]);
  expect(actionsOf(fetch as Reached).map(({ tool, action }) => `${tool.name}.${action.name}`)).toEqual([
    "search.query",
  ]);
  expect(fetch?.ceiling).toMatchObject({ depth: 1, ttl: { seconds: 300 } });
});

test("the example uses every feature", () => {
  const tasks = fleet.agents.flatMap((agent) => [...agent.tasks.values()]);
  const features = {
    chainOfThree: tasks.some((task) => task.delegates.some((edge) => edge.task.delegates.length > 0)),
    approval: tasks.some((task) => task.approval !== undefined),
    budget: tasks.some((task) => task.budgets.length > 0),
    order: tasks.some((task) => task.orders.length > 0),
    secret: tasks.some((task) => task.data.some(({ dataset }) => dataset.kind === "secret")),
    restricted: tasks.some((task) => task.highestSensitivity.name === "restricted"),
    model: tasks.some((task) => task.tools.some(({ tool }) => tool.kind === "model")),
    mcp: tasks.some((task) => task.tools.some(({ tool }) => tool.kind === "mcp")),
    boundTable: tasks.some((task) => task.data.some(({ dataset }) => "boundTo" in dataset && dataset.boundTo)),
    suspended: fleet.agents.some((agent) => agent.suspended),
    scheduled: tasks.some((task) => task.startedBy.includes("schedule")),
    schedule: fleet.starters.some(({ occasion }) => occasion.start === "schedule"),
    events: fleet.starters.some(({ occasion }) => occasion.start === "event"),
    confidentialDelegate: tasks.some((task) =>
      task.delegates.some((edge) => edge.task.highestSensitivity.name === "confidential"),
    ),
    federated: fleet.agents.some((agent) => agent.credentials !== "brokered"),
  };
  expect(Object.entries(features).filter(([, used]) => !used)).toEqual([]);
});
