import { afterRead, callProblem, flowProblem, Sensitivity, type Flow, type SensitivityName } from "../../domain";
import { taskOf, external, httpTool } from "../support/domain";
import { flowOf } from "../../domain/rules/task-rules";
import calls from "../cases/call-flow.json";
import flows from "../cases/flow.json";

const level = (name: string) => Sensitivity.of(name as SensitivityName, "case");
type Places = Readonly<Record<string, string | undefined>>;
const places = (given: Places) =>
  Object.entries(given).flatMap(([name, sensitivity]) =>
    sensitivity === undefined ? [] : [{ name, sensitivity: level(sensitivity) }],
  );

test.each(flows.map((row) => [row.name, row] as const))("%s", (_name, row) => {
  const tools = Object.entries<{ clearance: string; touches: Places }>(row.tools as never);
  const flow: Flow = {
    reads: places(row.reads),
    writes: places(row.writes),
    tools: tools.map(([name, { clearance, touches }]) => ({
      name,
      clearance: level(clearance),
      touches: places(touches),
    })),
  };
  expect(flowProblem(flow) ?? null).toEqual(row.problem);
});

test.each(calls.map((row) => [row.name, row] as const))("%s", (_name, { state, call, reason }) => {
  const problem = callProblem(
    { mark: level(state.mark), tainted: state.tainted },
    { ...call, clearance: level(call.clearance) },
  );
  expect(problem ?? null).toBe(reason);
});

test("a task's reads, writes and tools make its flow", () => {
  const orders = external("orders", "restricted");
  const shop = httpTool("shop", { actions: { put: { method: "PUT", path: "/", touches: [orders.write()] } } });
  const task = taskOf({ tools: [shop.allow("put")], data: [external("wiki").read(), orders.write()] });
  expect(flowOf(task)).toEqual({
    reads: [{ name: "wiki", sensitivity: level("internal") }],
    writes: [{ name: "orders", sensitivity: level("restricted") }],
    tools: [
      { name: "shop", clearance: level("restricted"), touches: [{ name: "orders", sensitivity: level("restricted") }] },
    ],
  });
});

test("a read raises the mark and sets the taint, and neither comes back", () => {
  const clean = { mark: level("public"), tainted: false };
  const read = afterRead(clean, level("confidential"), false);
  expect(read).toEqual({ mark: level("confidential"), tainted: false });
  const tainted = afterRead(read, level("internal"), true);
  expect(tainted).toEqual({ mark: level("confidential"), tainted: true });
  expect(afterRead(tainted, level("public"), false)).toEqual(tainted);
});
