import { Ceiling, ceilingOfChain, ceilingOfTask, Delegation, Sensitivity, Ttl } from "../../domain";
import type { SensitivityName, TtlInput } from "../../domain";
import { agentOf, bucket, external, httpTool, taskOf } from "../support/domain";
import cases from "../cases/delegation.json";

type Row = NonNullable<(typeof cases)[number]["end"]>;

const ceiling = (row: Row) =>
  new Ceiling({
    actions: new Set(row.actions),
    data: new Set(row.data),
    sensitivity: Sensitivity.of(row.sensitivity as SensitivityName, "case"),
    ttl: Ttl.from(row.ttl as TtlInput, "case", "ttl"),
    depth: row.depth,
  });

test.each(cases.map((row) => [row.name, row] as const))("%s", (_name, row) => {
  expect(ceilingOfChain(row.edges.map(ceiling))).toEqual(row.end === null ? undefined : ceiling(row.end));
});

test("a depth that is no number reaches nothing", () => {
  const edge = ceiling({ actions: [], data: [], sensitivity: "public", ttl: "1m", depth: Number.NaN });
  expect(ceilingOfChain([edge])).toBeUndefined();
});

describe("the ceiling of a task", () => {
  const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
  test("is what it grants", () => {
    const task = taskOf({
      tools: [crm.allow("get")],
      data: [bucket("wiki").readWrite(), bucket("logs").list()],
      ttl: "9m",
    });
    expect(ceilingOfTask(task)).toEqual(
      ceiling({
        actions: ["crm.get"],
        data: ["wiki:read", "wiki:write", "logs:list"],
        sensitivity: "internal",
        ttl: "9m",
        depth: 3,
      }),
    );
  });
  test("is as sensitive as its lowest tool", () => {
    const search = httpTool("search", { clearance: "internal" });
    expect(ceilingOfTask(taskOf({ tools: [crm.allow("get"), search.allow("get")] })).sensitivity.name).toBe("internal");
  });
  test("is as sensitive as the lowest data it writes, and not the lowest it reads", () => {
    const data = [external("news", "public").read(), external("wiki", "confidential").write()];
    expect(ceilingOfTask(taskOf({ tools: [crm.allow("get")], data })).sensitivity.name).toBe("confidential");
  });
  test("is restricted where nothing can leave", () => {
    expect(ceilingOfTask(taskOf({ data: [external("news", "public").read()] })).sensitivity.name).toBe("restricted");
  });
});

test("an edge is no right of the delegator", () => {
  const crm = httpTool("crm");
  const helper = agentOf(
    {
      tasks: {
        look: { startedBy: "delegation", tools: [crm.allow("get")], data: [external("orders", "restricted").read()] },
      },
    },
    "helper",
  );
  const task = taskOf({ delegates: [Delegation.to(helper, "look")] });
  expect(ceilingOfTask(task)).toMatchObject({ actions: new Set(), data: new Set() });
  expect(task.highestSensitivity.name).toBe("public");
});
