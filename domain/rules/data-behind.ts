import type { Dataset } from "../dataset";
import type { Tool, ToolAction } from "../tool";

/** What is read or written by the actions of the tool */
export function dataBehind({ actions }: Tool): readonly Dataset[] {
  return [...actions.values()].flatMap(dataOfAction);
}

export function dataOfAction({ touches }: ToolAction): readonly Dataset[] {
  return touches.map(({ dataset }) => dataset);
}
