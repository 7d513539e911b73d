import type { Block } from "../block";

/** Whether two blocks are of one provider: by another one, what a block has or reads may be of another account. */
export function isBySame(one: Block, other: Block): boolean {
  return providerOf(one) === providerOf(other);
}

/** The name of the provider that is meant where none is written: the first word of the type */
function providerOf({ type, body }: Block): unknown {
  return body["provider"] ?? type.slice(0, Math.max(type.indexOf("_"), 0));
}
