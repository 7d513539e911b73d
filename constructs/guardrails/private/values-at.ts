import type { Json } from "../../../domain";
import { blocksOf, type BlockBody, listOf, UndecidedValue } from "../value";

/**
 * What stands at a path of attributes, such as `grantee.grantee_identifier`, of each block on the way: each element of a list by itself.
 * A block that is known at apply only is one undecided value.
 */
export function valuesAt(body: BlockBody, path: string): readonly (Json | UndecidedValue)[] {
  const [name, ...rest] = path.split(".") as [string, ...string[]];
  if (rest.length === 0) return listOf(body[name]);
  return blocksAt(body, name).flatMap((each) =>
    each instanceof UndecidedValue ? [each] : valuesAt(each, rest.join(".")),
  );
}

function blocksAt(body: BlockBody, name: string): readonly (BlockBody | UndecidedValue)[] {
  try {
    return blocksOf(body, name);
  } catch (error) {
    if (error instanceof UndecidedValue) return [error];
    throw error;
  }
}
