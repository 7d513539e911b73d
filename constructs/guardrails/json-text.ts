import type { Json } from "../../domain";
import { unescapeTerraform } from "../../iam";
import type { Block } from "./block";
import type { StackJson } from "./stack";
import { UndecidedValue } from "./value";

/**
 * The JSON in a text of a block, such as `container_definitions`. Where an expression stands for the text, it is what a reader evaluates.
 *
 * @param at path of the attribute in the block
 * @throws UndecidedValue for what is known at apply only, and for what is no JSON
 */
export function jsonText(written: Json, at: string, block: Block, stack: StackJson): Json {
  const text = typeof written === "string" && /^\s*\$\{/.test(written) ? stack.evaluate(block, at) : written;
  if (typeof text === "string") {
    try {
      return JSON.parse(unescapeTerraform(text)) as Json;
    } catch {
      // Said below.
    }
  }
  throw new UndecidedValue(at, written, `${at} is known at apply only`);
}
