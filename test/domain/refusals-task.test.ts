import { Budget, Dataset, Delegation, Task, type TaskSpec } from "../../domain";
import { agentOf, bucket, external, fails, httpTool, taskOf, untyped } from "../support/domain";

type Code = Parameters<typeof fails>[2];
const refused = (when: string, spec: { [P in keyof TaskSpec]?: unknown }, code: Code, text: string) =>
  fails(when, () => taskOf(untyped(spec)), code, `agent "triage" task "answer": ${text}`);

describe("name", () => {
  for (const name of ["Answer", "1st", "a-", "-a", "a_b", "a".repeat(33), "", "*", "__proto__"]) {
    fails(
      `a task is called ${JSON.stringify(name)}`,
      () => new Task("triage", name, { startedBy: "user" }),
      "name.malformed",
      `agent "triage" task "${name}": a task's name must be lower-case letters, digits and inner hyphens, at most 32, ` +
        `starting with a letter, got "${name}"`,
    );
  }
});

describe("start", () => {
  const MISSING =
    "startedBy must name what may start the task: one or several of user, schedule, event, delegation, agent";
  refused("nothing may start it", { startedBy: [] }, "start.missing", MISSING);
  refused("startedBy is missing", { startedBy: undefined }, "start.missing", MISSING);
  const KNOWN = "startedBy must be among user, schedule, event, delegation, agent";
  refused("an unknown thing starts it", { startedBy: "cron" }, "start.unknown", `${KNOWN}, got "cron"`);
  refused("one of two starts is unknown", { startedBy: ["user", "*"] }, "start.unknown", `${KNOWN}, got "*"`);

  const FIX = "start it by user, schedule, event or delegation";
  const own = httpTool("crm", {
    actions: { get: { method: "GET", path: "/" }, wipe: { method: "POST", path: "/", impact: "high" } },
  });
  for (const sensitivity of ["confidential", "restricted"] as const) {
    refused(
      `the agent itself starts it and it has ${sensitivity} data`,
      {
        startedBy: ["user", "agent"],
        data: [external("news", "public").read(), external("orders", sensitivity).write()],
      },
      "start.agent-too-risky",
      `startedBy "agent" is refused with ${sensitivity} data (orders): ${FIX}`,
    );
  }
  refused(
    "the agent itself starts it and it has a high-impact action",
    { startedBy: "agent", tools: [own.allow("get", "wipe")] },
    "start.agent-too-risky",
    `startedBy "agent" is refused with the high-impact action crm.wipe: ${FIX}`,
  );

  const asUser = httpTool("zendesk", { actsAs: "user" });
  for (const start of ["schedule", "event", "agent"] as const) {
    refused(
      `a tool acts as the user and ${start} starts it`,
      { startedBy: ["user", start], tools: [asUser.allow("get")] },
      "start.needs-user",
      `zendesk acts as the user, but startedBy "${start}" has none: ` +
        'give the tool actsAs: { service: "…" }, or start the task by user or delegation',
    );
  }
  refused(
    "a table is bound to the user and a schedule starts it",
    {
      startedBy: "schedule",
      data: [Dataset.table("carts", { table: "carts", sensitivity: "internal", boundTo: "user" }).read()],
    },
    "start.needs-user",
    'carts is bound to a user, but startedBy "schedule" has none: ' +
      "bind the table to agent or session, or start the task by user or delegation",
  );
  test("a user or a delegation may start what acts as the user", () => {
    expect(taskOf({ startedBy: ["delegation", "user"], tools: [asUser.allow("get")] }).startedBy).toEqual([
      "user",
      "delegation",
    ]);
  });
});

describe("grants", () => {
  const TWICE = "twice: write one entry with everything it needs";
  const crm = httpTool("crm");
  refused(
    "a tool is named twice",
    { tools: [crm.allow("get"), crm.allow("get")] },
    "grant.duplicate",
    `tools names "crm" ${TWICE}`,
  );
  const orders = external("orders");
  refused(
    "data is granted twice",
    { data: [orders.read(), orders.readWrite()] },
    "grant.duplicate",
    'data names read of "orders" twice: write it once',
  );
  const helper = agentOf({ tasks: { look: { startedBy: "delegation" } } }, "helper");
  const edge = Delegation.to(helper, "look");
  refused(
    "a delegate is named twice",
    { delegates: [edge, edge] },
    "grant.duplicate",
    `delegates names "helper.look" ${TWICE}`,
  );

  const desk = httpTool("desk", {
    actions: {
      get: { method: "GET", path: "/", touches: [orders.read()] },
      edit: { method: "PATCH", path: "/", touches: [orders.readWrite()] },
      put: { method: "PUT", path: "/", touches: [orders.write()] },
    },
  });
  const grants: readonly [string, "get" | "edit" | "put", TaskSpec["data"], string][] = [
    [
      "reads data that was not granted",
      "get",
      [],
      'desk.get needs read of "orders", which is not granted: add orders.read() to data',
    ],
    [
      "writes data that was not granted",
      "put",
      [],
      'desk.put needs write of "orders", which is not granted: add orders.write() to data',
    ],
    [
      "changes data that was not granted",
      "edit",
      [],
      'desk.edit needs read and write of "orders", which is not granted: add orders.readWrite() to data',
    ],
    [
      "writes data granted for reading",
      "put",
      [orders.read()],
      'desk.put needs write of "orders", which is not granted: add orders.write() to data',
    ],
    [
      "changes data granted for writing",
      "edit",
      [orders.write()],
      'desk.edit needs read of "orders", which is not granted: add orders.read() to data',
    ],
    [
      "reads data while another dataset of that name is granted",
      "get",
      [external("orders").read()],
      'desk.get needs read of "orders", which is not granted: add orders.read() to data',
    ],
  ];
  for (const [when, action, data, text] of grants) {
    refused(`an action ${when}`, { tools: [desk.allow(action)], data }, "grant.missing-data", text);
  }
});

describe("flow", () => {
  const FIX = (level: string) => `split the task, or raise the tool's clearance if ${level} data may be sent there`;
  const search = httpTool("search", { clearance: "internal" });
  refused(
    "data is above the clearance of a tool",
    { tools: [search.allow("get")], data: [bucket("letters", "confidential").read()] },
    "flow.above-clearance",
    `letters is confidential, above the clearance of search (internal): ${FIX("confidential")}`,
  );
  const orders = external("orders", "restricted");
  const shop = httpTool("shop", {
    clearance: "confidential",
    actions: { put: { method: "PUT", path: "/", touches: [orders.write()] } },
  });
  refused(
    "an action touches data above the clearance of its tool",
    { tools: [shop.allow("put")], data: [orders.write()] },
    "flow.above-clearance",
    `orders is restricted, above the clearance of shop (confidential): ${FIX("restricted")}`,
  );
  for (const write of ["write", "delete"] as const) {
    refused(
      `it reads data and may ${write} lower data`,
      { data: [bucket("letters", "confidential").read(), bucket("wiki", "internal")[write]()] },
      "flow.read-with-lower-write",
      "it reads letters (confidential) and writes wiki (internal), which is lower: split it into two tasks",
    );
  }
  refused(
    "it lists names and writes lower data",
    { data: [bucket("letters", "restricted").list(), bucket("wiki", "public").write()] },
    "flow.read-with-lower-write",
    "it reads letters (restricted) and writes wiki (public), which is lower: split it into two tasks",
  );
});

test("a list changed after the rules were checked changes nothing", () => {
  const crm = httpTool("crm");
  const spec = { tools: [crm.allow("get")], data: [external("orders").read()], budget: [Budget.perRun(1)] };
  const task = taskOf(spec);
  spec.tools.push(httpTool("erp").allow("get"));
  spec.data.push(external("secrets", "restricted").read());
  spec.budget.pop();
  expect(task.tools.map((grant) => grant.tool.name)).toEqual(["crm"]);
  expect(task.data.map(String)).toEqual(["orders (read)"]);
  expect(task.budgets).toHaveLength(1);
});
