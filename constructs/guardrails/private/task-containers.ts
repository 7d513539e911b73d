import type { Json } from "../../../domain";
import { unescapeTerraform } from "../../../iam";
import type { Block } from "../block";
import type { StackJson } from "../stack";
import { UndecidedValue } from "../value";

/** The containers of an ECS task. @throws UndecidedValue for what is known at apply only, and for what is no list */
export function taskContainersOf(block: Block, stack: StackJson): readonly Json[] {
  const written = block.body["container_definitions"] ?? null;
  const undecided = new UndecidedValue(
    "container_definitions",
    written,
    "container_definitions is known at apply only",
  );
  const text = typeof written === "string" && /^\s*\$\{/.test(written) ? stack.evaluate(block, undecided.at) : written;
  if (typeof text !== "string") throw undecided;
  try {
    const containers = JSON.parse(unescapeTerraform(text)) as Json;
    if (Array.isArray(containers)) return containers as readonly Json[];
  } catch {
    // Said below.
  }
  throw undecided;
}
