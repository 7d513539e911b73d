import { Approval, Budget, Dataset, Delegation, Order, type TaskSpec } from "../../domain";
import { agentOf, external, fails, httpTool } from "../support/domain";

describe("federated credentials", () => {
  const tool = httpTool("crm");
  const grant = tool.allow("get");
  const helper = agentOf({ tasks: { look: { startedBy: "delegation" } } }, "helper");
  const bound = (boundTo: "agent" | "session") =>
    Dataset.table("carts", { table: "carts", sensitivity: "internal", boundTo });
  const rows: readonly [string, Partial<TaskSpec>, string][] = [
    ["it reads confidential data", { data: [external("tickets", "confidential").read()] }, "confidential data"],
    ["it writes restricted data", { data: [external("tickets", "restricted").write()] }, "restricted data"],
    ["a user starts it", { startedBy: ["user", "schedule"] }, 'startedBy "user"'],
    ["it needs approval", { tools: [grant], approval: Approval.from("leads") }, "approval"],
    ["a delegation starts it", { startedBy: "delegation" }, "delegation"],
    ["it delegates", { delegates: [Delegation.to(helper, "look")] }, "delegation"],
    ["it has a budget", { tools: [grant], budget: Budget.perDay(1) }, "budget"],
    [
      "it has an order",
      {
        tools: [tool.allow("get"), httpTool("erp").allow("get")],
        order: Order.of({ first: grant, then: httpTool("erp").allow("get") }),
      },
      "order",
    ],
    ["its table is bound to the agent", { data: [bound("agent").read()] }, "a bound table"],
    ["its table is bound to the session", { data: [bound("session").read()] }, "a bound table"],
  ];
  for (const federated of ["oidc", "roles-anywhere"] as const) {
    for (const [when, task, what] of rows) {
      fails(
        `credentials are federated by ${federated} and ${when}`,
        () => agentOf({ credentials: { federated }, tasks: { sweep: { startedBy: "schedule", ...task } } }),
        "federated.refused",
        `agent "triage": credentials { federated: "${federated}" } allow no ${what} (task "sweep"): ` +
          'use "brokered", or move the task to another agent',
      );
    }
  }

  test("the second task is checked too", () => {
    const tasks = { sweep: { startedBy: "schedule" }, answer: { startedBy: "user" } } as const;
    expect(() => agentOf({ credentials: { federated: "oidc" }, tasks })).toThrow('startedBy "user" (task "answer")');
  });

  test("internal data, by schedule, event or the agent itself, is accepted", () => {
    const table = Dataset.table("stock", { table: "stock", sensitivity: "internal", untrusted: true });
    const task: TaskSpec = { startedBy: ["schedule", "event", "agent"], data: [table.readWrite()], tools: [grant] };
    expect(agentOf({ credentials: { federated: "oidc" }, tasks: { sweep: task } }).credentials).toBe("oidc");
  });
});
