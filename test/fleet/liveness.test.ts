import {
  actionsOf,
  afterRead,
  callProblem,
  dataOf,
  reachOf,
  Sensitivity,
  type SessionState,
  type Task,
} from "../../domain";
import { flowOf } from "../../domain/rules/task-rules";
import { fleet } from "../../fleet";
import { platform } from "../../fleet/platform";

const tasks = fleet.agents.flatMap((agent) =>
  [...agent.tasks.values()].map((task) => [`${agent.name}.${task.name}`, task] as const),
);

/** What is known after the task has read all that it may, its delegates' answers too */
function afterAllReads(task: Task): SessionState {
  const reached = reachOf(task);
  const isTainted = [
    ...task.tools.flatMap(({ tool, actions }) => actions.map((action) => tool.answersUntrusted(action))),
    ...reached.flatMap((each) => actionsOf(each).map(({ tool, action }) => tool.answersUntrusted(action))),
    ...[...task.data, ...reached.flatMap(dataOf)].map(({ taints }) => taints),
  ].includes(true);
  return flowOf(task).reads.reduce((state, { sensitivity }) => afterRead(state, sensitivity, false), {
    mark: Sensitivity.PUBLIC,
    tainted: isTainted,
  });
}

test.each(tasks)("%s can do its work when it reads first", (_name, task) => {
  const state = afterAllReads(task);
  for (const { tool, actions } of task.tools) {
    for (const action of actions) {
      const call = {
        clearance: tool.clearance,
        highImpact: action.impact === "high",
        outward: tool.isOutward(action, platform.domains),
        approved: task.approval !== undefined,
      };
      expect([tool.name, action.name, callProblem(state, call)]).toEqual([tool.name, action.name, undefined]);
    }
  }
  for (const { dataset } of task.data.filter(({ writes }) => writes)) {
    expect([dataset.name, dataset.sensitivity.covers(state.mark)]).toEqual([dataset.name, true]);
  }
});

test("what knows something internal asks the public web nothing: that work is handed on before", () => {
  const lost = tasks.flatMap(([name, task]) => {
    const { mark } = afterAllReads(task);
    const below = reachOf(task).filter(({ ceiling }) => !ceiling.sensitivity.covers(mark));
    return below.map(({ chain }) => [name, ...chain].join(" → "));
  });
  expect(lost).toEqual([
    "researcher.lookup → web-reader.fetch",
    "support-triage.answer → researcher.lookup → web-reader.fetch",
  ]);
});
