import { Agent, Fleet, Serve } from "../../constructs";
import { registryDocument } from "../../constructs/agent/fleet-documents";
import { policyTextOf } from "../../constructs/platform/documents";
import {
  Approval,
  Budget,
  delegateTool,
  isDelegateTool,
  Order,
  type PolicyDocument,
  registryJson,
  type TaskSpec,
} from "../../domain";
import { wellFormedRegistry } from "../../domain/registry/read";
import { platform } from "../../fleet/platform";
import { fleetView } from "../../runtime/registry/fleet-view";
import { fails, httpTool } from "../support/domain";

const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "desk" } } as const;

class Reader extends Agent.define("reader", {
  ...common,
  purpose: "Looks things up",
  tasks: { lookup: { startedBy: "delegation" }, other: { startedBy: "delegation" } },
  serves: Serve.http({
    sensitivity: "internal",
    clearance: "internal",
    port: 8_080,
    paths: ["/"],
    tasks: ["lookup", "other"],
  }),
}) {}

const lookup = Reader.task("lookup");
const desk = (spec: Partial<TaskSpec>) =>
  Agent.define("desk", {
    ...common,
    purpose: "Answers",
    tasks: { answer: { startedBy: "user", tools: [crm.allow("get")], delegates: [lookup], ...spec } },
  });

test("budgets and orders name requests to a delegate", () => {
  const task = desk({
    budget: [Budget.perRun(3, { of: lookup }), Budget.perDay(9)],
    order: [Order.of({ first: crm.allow("get"), then: lookup })],
  }).declaration.tasks.get("answer");
  expect(task?.budgets).toMatchObject([{ actions: ["agent:reader.lookup"] }, { actions: undefined }]);
  expect(task?.orders).toMatchObject([{ first: ["crm.get"], then: ["agent:reader.lookup"] }]);
});

test("people may approve what is handed on, where that is all that a task does", () => {
  const task = desk({ tools: [], approval: Approval.from("support-leads"), budget: Budget.perDay(1) });
  expect(task.declaration.tasks.get("answer")?.approval?.group).toBe("support-leads");
});

describe("a policy", () => {
  class Desk extends desk({
    budget: Budget.perRun(3, { of: lookup }),
    order: Order.of({ first: lookup, then: crm.allow("get") }),
  }) {}
  const fleet = Fleet.of(Desk, Reader);
  const policy = JSON.parse(policyTextOf(platform, fleet)) as PolicyDocument;
  const registry = registryJson(registryDocument({ platform, fleet }));

  test("has a tool for each agent to which work is handed on, with the tasks that edges lead to", () => {
    const { tools, agents } = policy;
    expect(Object.keys(tools)).toEqual(["agent:reader", "crm"]);
    expect(tools["agent:reader"]).toEqual({
      destination: "agent:reader",
      clearance: 3,
      actsAsUser: false,
      actions: { lookup: { high: false, outward: false, touches: {} } },
    });
    const task = Object.values(agents).find(({ name }) => name === "desk")?.tasks["answer"];
    expect(task).toMatchObject({
      actions: { "agent:reader.lookup": true, "crm.get": true },
      tools: { crm: true },
      orders: [{ first: ["agent:reader.lookup"], then: { "crm.get": true } }],
    });
    expect(Object.keys(task?.tools ?? {})).toEqual(["crm"]);
  });

  test("and a registry that name delegates are read as they were written", () => {
    const signed = { registry: JSON.parse(registry), policy };
    expect(fleetView(signed, 1).agentNamed("desk")?.tasks.get("answer")?.delegates.size).toBe(1);
    expect(wellFormedRegistry(JSON.parse(registry))).toMatchObject({ agents: { desk: {} } });
  });

  test("of before is read, and allows no request to a delegate", () => {
    const of = (names: object) => Object.fromEntries(Object.entries(names).filter(([name]) => !isDelegateTool(name)));
    const old = structuredClone(policy) as { tools: object; agents: Record<string, { tasks: Record<string, object> }> };
    old.tools = of(old.tools);
    for (const { tasks } of Object.values(old.agents)) {
      for (const task of Object.values(tasks))
        Object.assign(task, { actions: of((task as { actions: object }).actions) });
    }
    expect(
      fleetView({ registry: JSON.parse(registry), policy: old }, 1).toolOf(delegateTool("reader")),
    ).toBeUndefined();
  });

  test("fails where it has an action of a delegate to which no edge leads", () => {
    const odd = structuredClone(policy);
    const task = Object.values(odd.agents).find(({ name }) => name === "desk")?.tasks["answer"];
    Object.assign(task?.actions ?? {}, { "agent:reader.other": true });
    const read = () => fleetView({ registry: JSON.parse(registry), policy: odd }, 1);
    expect(read).toThrow("they grant other actions to desk.answer");
  });
});

const where = 'agent "desk" task "answer"';
const other = Reader.task("other");
const LEAVE = "which the task does not grant: grant it in tools or delegates, or leave it out";
fails(
  "a budget names a delegate without an edge",
  () => desk({ budget: Budget.perRun(1, { of: other }) }),
  "budget.malformed",
  `${where}: budget names agent:reader.other, ${LEAVE}`,
);
fails(
  "an order holds back a delegate without an edge",
  () => desk({ order: Order.of({ first: crm.allow("get"), then: other }) }),
  "order.malformed",
  `${where}: order names agent:reader.other, ${LEAVE}`,
);
fails(
  "a request to a delegate comes before itself",
  () => Order.of({ first: lookup, then: Reader.task("lookup") }),
  "order.malformed",
  'order: first and then both name "agent:reader.lookup": an action cannot come before itself',
);
fails(
  "a budget counts tokens of a delegate",
  () => Budget.tokens(1, { per: "day", of: lookup }),
  "budget.malformed",
  "budget: of must name actions of a model, got agent:reader.lookup: only models use tokens",
);
const SUM = "which have no arguments: name the tool actions that have it in of";
fails(
  "a budget adds up an argument of all calls, and the task hands work on",
  () => desk({ budget: Budget.sum("amount", 5, { per: "day" }) }),
  "budget.malformed",
  `${where}: budget adds up "amount" of requests to reader.lookup, ${SUM}`,
);
fails(
  "a budget adds up an argument of a delegate",
  () => desk({ budget: Budget.sum("amount", 5, { per: "day", of: lookup }) }),
  "budget.malformed",
  `${where}: budget adds up "amount" of requests to reader.lookup, ${SUM}`,
);
