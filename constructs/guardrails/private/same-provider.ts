import type { Block } from "../block";

/** Whether two blocks are of one provider: by another one, what a block has or reads may be of another account. */
export function isBySame(one: Block, other: Block): boolean {
  return (one.body["provider"] ?? null) === (other.body["provider"] ?? null);
}
