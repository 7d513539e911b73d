import type { StackJson } from "../stack";
import { oncePer } from "./once-per";

const BESIDE = new WeakMap<StackJson, readonly StackJson[]>();

/** Have stacks of one app, or of one folder, know each other. */
export function setBeside(stacks: readonly StackJson[]): void {
  for (const stack of stacks) BESIDE.set(stack, stacks);
}

const alone = oncePer((stack: StackJson): readonly StackJson[] => [stack]);

/** All stacks of the same app or folder, this one too: the same list for each of them */
export function stacksBeside(stack: StackJson): readonly StackJson[] {
  return BESIDE.get(stack) ?? alone(stack);
}
