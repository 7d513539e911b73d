import type { Block } from "./block";

/** Whether two blocks are of one provider: by another one, what a block has or reads may be of another account. */
export function isBySame(one: Block, other: Block): boolean {
  return providerOf(one) === providerOf(other);
}

/** Whether it is of the provider that is meant where none is written */
export function isByDefault(block: Block): boolean {
  return providerOf(block) === defaultOf(block);
}

/** HCL that was converted has the provider as an expression: `${aws.other}`. */
function providerOf(block: Block): unknown {
  const written = block.body["provider"] ?? null;
  if (written === null) return defaultOf(block);
  return typeof written === "string" ? written.replace(/^\$\{([\w.-]+)\}$/, "$1") : written;
}

/** The first word of the type */
function defaultOf({ type }: Block): string {
  return type.split("_", 1)[0] as string;
}
