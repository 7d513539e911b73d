import { Approval, Order, type TaskSpec } from "../../domain";
import { agentOf, fails, httpTool } from "../support/domain";

const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
const erp = httpTool("erp");
const pay: TaskSpec = { startedBy: "user", tools: [crm.allow("put")], approval: Approval.from("leads") };
const agent = (order: Order | readonly Order[], look: Partial<TaskSpec> = {}) =>
  agentOf({ tasks: { pay: { ...pay, order }, look: { startedBy: "user", ...look } } });
const order = (within: "run" | "session", first = crm.allow("get")) =>
  Order.of({ first, then: crm.allow("put"), within });

test("what comes first in the session may be the work of another task", () => {
  const declared = agent(order("session"), { tools: [crm.allow("get")] });
  expect(declared.tasks.get("pay")?.orders).toEqual([{ first: ["crm.get"], then: ["crm.put"], within: "session" }]);
});

test("what comes first in the session may be the task's own work", () => {
  const own = { ...pay, tools: [crm.allow("get", "put")], order: order("session") };
  expect(agentOf({ tasks: { pay: own } }).tasks.size).toBe(1);
});

fails(
  "what comes first in the run is the work of another task",
  () => agent(order("run"), { tools: [crm.allow("get")] }),
  "order.malformed",
  'agent "triage" task "pay": order names crm.get, which the task does not grant: grant it in tools or delegates, or leave it out',
);

const NONE = "which no task of the agent grants: grant it in the tools or delegates of one, or leave it out";
fails(
  "no task grants the first action of an order per session",
  () => agent(order("session")),
  "order.malformed",
  `agent "triage": order of task "pay" names crm.get, ${NONE}`,
);
fails(
  "another task grants the tool without the action that comes first",
  () => agent(order("session"), { tools: [crm.allow("put")] }),
  "order.malformed",
  `agent "triage": order of task "pay" names crm.get, ${NONE}`,
);
fails(
  "only the second of two orders names an undeclared action",
  () => agent([order("session"), order("session", erp.allow("get"))], { tools: [crm.allow("get")] }),
  "order.malformed",
  `agent "triage": order of task "pay" names erp.get, ${NONE}`,
);
