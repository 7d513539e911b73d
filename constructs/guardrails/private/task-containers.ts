import type { Json } from "../../../domain";
import type { Block } from "../block";
import { jsonText } from "../json-text";
import type { StackJson } from "../stack";
import { UndecidedValue } from "../value";

/** The containers of an ECS task. @throws UndecidedValue for what is known at apply only, and for what is no list */
export function taskContainersOf(block: Block, stack: StackJson): readonly Json[] {
  const at = "container_definitions";
  const written = block.body[at] ?? null;
  const containers = jsonText(written, at, block, stack);
  if (Array.isArray(containers)) return containers as readonly Json[];
  throw new UndecidedValue(at, written, `${at} is no list of containers`);
}
