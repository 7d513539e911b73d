import { Approval, Budget, Order, type TaskSpec, type ToolGrant } from "../../domain";
import { bucket, fails, httpTool, NUMBER_TOKEN, taskOf, TOKEN, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];
const refused = (when: string, spec: { [P in keyof TaskSpec]?: unknown }, code: Code, text: string) =>
  fails(when, () => taskOf(untyped(spec)), code, `agent "triage" task "answer": ${text}`);

describe("controls", () => {
  const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
  const other = httpTool("erp").allow("get");
  const AWS = (control: string) =>
    `${control} cannot hold for the AWS data "letters", because IAM does not see it: ` +
    "put the data behind a tool (Dataset.external), or split the task";
  const controls: readonly [string, Partial<TaskSpec>][] = [
    ["approval", { approval: Approval.from("leads") }],
    ["budget", { budget: Budget.perDay(3) }],
    ["order", { order: Order.of({ first: crm.allow("get"), then: crm.allow("put") }) }],
  ];
  for (const [control, spec] of controls) {
    refused(
      `${control} stands over AWS data`,
      { tools: [crm.allow("get", "put")], data: [bucket("letters").read()], ...spec },
      "aws-data.with-control",
      AWS(control),
    );
  }
  const LEAVE = "which the task does not grant: grant it in tools or delegates, or leave it out";
  const tools = [crm.allow("get")];
  refused(
    "a budget names an action not granted",
    { tools, budget: Budget.perRun(1, { of: other }) },
    "budget.malformed",
    `budget names erp.get, ${LEAVE}`,
  );
  refused(
    "the second budget names an action not granted",
    { tools, budget: [Budget.perRun(1), Budget.perRun(1, { of: crm.allow("put") })] },
    "budget.malformed",
    `budget names crm.put, ${LEAVE}`,
  );
  const everyLimit = (count: number) =>
    Array.from({ length: count }, (_, index) => Budget.sum(`argument-${index}`, 1, { per: "run" }));
  refused(
    "more budgets than one transaction counts",
    { tools, budget: everyLimit(33) },
    "budget.malformed",
    "budget has 33 entries, of 32 at most: leave some out, or split the task",
  );
  test("takes as many budgets as one transaction counts", () => {
    expect(taskOf({ tools, budget: everyLimit(32) }).budgets).toHaveLength(32);
  });
  const names = Array.from({ length: 66 }, (_, at) => `a${at}`);
  const many = httpTool("many", {
    actions: Object.fromEntries(names.map((name) => [name, { method: "GET", path: `/${name}` }])),
  });
  const allowed = ([first = "", ...rest]: readonly string[]) => many.allow(first, ...rest);
  const [granted, all, most] = [names, names.slice(1), names.slice(2)].map(allowed) as [
    ToolGrant,
    ToolGrant,
    ToolGrant,
  ];
  const first = many.allow("a0");
  const SPLIT = "at most: leave some out, or split the task";
  refused(
    "a budget names more actions than a review reads",
    { tools: [granted], budget: Budget.perRun(1, { of: all }) },
    "budget.malformed",
    `budget names 65 actions, of 64 ${SPLIT}`,
  );
  refused(
    "one side of an order names more actions than a review reads",
    { tools: [granted], order: Order.of({ first, then: all }) },
    "order.malformed",
    `order names 65 actions, of 64 ${SPLIT}`,
  );
  const everyOrder = (count: number) =>
    names.slice(1, count + 1).map((name) => Order.of({ first, then: many.allow(name) }));
  refused(
    "more orders than a review reads",
    { tools: [granted], order: everyOrder(17) },
    "order.malformed",
    `order has 17 entries, of 16 ${SPLIT}`,
  );
  test("takes as many orders and actions as a review reads", () => {
    const budget = Budget.perRun(1, { of: most });
    expect(taskOf({ tools: [granted], budget, order: everyOrder(16) }).orders).toHaveLength(16);
  });
  const TWICE = "twice: write one entry with everything it needs";
  refused(
    "two budgets of one period count the same calls",
    { tools, budget: [Budget.perDay(3), Budget.perDay(5)] },
    "grant.duplicate",
    `budget names "day:calls:all" ${TWICE}`,
  );
  refused(
    "two budgets of one period add up the same argument",
    { tools, budget: [Budget.sum("amount", 3, { per: "run" }), Budget.sum("amount", 5.5, { per: "run" })] },
    "grant.duplicate",
    `budget names "run:sum=amount:all" ${TWICE}`,
  );
  test("takes budgets of other periods, arguments and actions beside each other", () => {
    const budget = [
      Budget.perDay(3),
      Budget.perRun(3),
      Budget.perDay(3, { of: crm.allow("get") }),
      Budget.sum("amount", 3, { per: "day" }),
      Budget.sum("weight", 3, { per: "day" }),
    ];
    expect(taskOf({ tools, budget }).budgets).toEqual(budget);
  });
  refused(
    "an order asks first for an action not granted",
    { tools, order: Order.of({ first: other, then: crm.allow("get") }) },
    "order.malformed",
    `order names erp.get, ${LEAVE}`,
  );
  refused(
    "an order holds back an action not granted",
    { tools, order: [Order.of({ first: crm.allow("get"), then: other })] },
    "order.malformed",
    `order names erp.get, ${LEAVE}`,
  );
  refused(
    "an order in the session holds back an action not granted",
    { tools, order: Order.of({ first: crm.allow("get"), then: crm.allow("put"), within: "session" }) },
    "order.malformed",
    `order names crm.put, ${LEAVE}`,
  );
  const NONE = "and the task grants none: add tools, or leave it out";
  refused(
    "approval has nothing to decide",
    { approval: Approval.from("leads") },
    "approval.malformed",
    `approval is asked per tool action and request to a delegate, ${NONE}`,
  );
  refused(
    "a budget has nothing to count",
    { budget: Budget.perRun(1) },
    "budget.malformed",
    `budget counts tool actions and requests to delegates, ${NONE}`,
  );
});

describe("run time", () => {
  const DURATION = 'ttl must be a duration such as "15m" (s, m or h)';
  const PLAIN = "ttl must be a plain duration known at synth, got the Terraform token";
  refused("a run takes longer than an hour", { ttl: "61m" }, "limit.exceeded", "ttl must be at most 1h, got 61m");
  refused("a run takes a second too long", { ttl: "3601s" }, "limit.exceeded", "ttl must be at most 1h, got 3601s");
  for (const ttl of ["0s", "-5m", "1.5h", "1e3s", "15", "15 m", "1d", "15m\n", ""] as const) {
    refused(`ttl is ${JSON.stringify(ttl)}`, { ttl }, "limit.malformed", `${DURATION}, got ${JSON.stringify(ttl)}`);
  }
  refused("ttl is a bare number", { ttl: 900 }, "limit.malformed", `${DURATION}, got 900`);
  refused("ttl is a token", { ttl: TOKEN }, "token", `${PLAIN} "${TOKEN}": write the duration itself`);
  refused(
    "ttl is a number token",
    { ttl: NUMBER_TOKEN },
    "token",
    `${PLAIN} ${NUMBER_TOKEN}: write the duration itself`,
  );
  test("accepts an hour", () => expect(taskOf({ ttl: "1h" }).ttl.seconds).toBe(3600));
});
