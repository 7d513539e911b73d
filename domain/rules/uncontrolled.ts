import type { Task } from "../task";

/** High-impact actions, as `<tool>.<action>`, that a task may call without a person's decision and without a limit */
export function uncontrolledActions(task: Task): readonly string[] {
  if (task.approval !== undefined) return [];
  return task.tools
    .flatMap(({ tool, actions }) => actions.map((action) => ({ name: `${tool.name}.${action.name}`, action })))
    .filter(({ action }) => action.impact === "high")
    .map(({ name }) => name)
    .filter((name) => !task.budgets.some(({ actions }) => actions === undefined || actions.includes(name)));
}
