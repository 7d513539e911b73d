import type { Sensitivity } from "../sensitivity";
import type { Task } from "../task";
import { reachOf } from "./reach";
import { flowOf } from "./task-rules";

/** Somewhere that a task brings what its session knows */
export interface Place {
  /** What the task does there */
  readonly what: string;
  readonly clearance: Sensitivity;
}

export function placesOf(task: Task): readonly Place[] {
  const { tools, writes } = flowOf(task);
  return [
    ...tools.map(({ name, clearance }) => ({ what: `call ${name}`, clearance })),
    ...writes.map(({ name, sensitivity }) => ({ what: `write ${name}`, clearance: sensitivity })),
    // An edge carries at most what each place behind it takes.
    ...reachOf(task).map(({ ceiling, chain }) => ({
      what: `hand on to ${chain.at(-1)}`,
      clearance: ceiling.sensitivity,
    })),
  ];
}
