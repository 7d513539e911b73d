import { sortedKeys } from "../../../domain/json";
import type { Block } from "../block";
import { digestOf } from "../finding";
import type { StackJson } from "../stack";

/** Names of blocks in an expression, such as `data.aws_iam_policy_document.worker` and `var.policy` */
const NAMED = /\b((?:(?:data|ephemeral)\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)/g;

/**
 * Digest of a block, of all blocks that it refers to, and of those that they refer to.
 *
 * What a rule cannot decide is acknowledged as it was read then: an acknowledgement ends when any of this changes.
 */
export function surroundingsOf(block: Block, stack: StackJson): string {
  const seen = new Map<string, string>();
  const waiting = [block];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next.address)) continue;
    const text = JSON.stringify(next.body, sortedKeys);
    seen.set(next.address, text);
    for (const [, name] of text.matchAll(NAMED)) {
      const referred = stack.at((name as string).replace(/^var\./, "variable."));
      if (referred !== undefined) waiting.push(referred);
    }
  }
  const read = [...seen].sort(([one], [other]) => (one < other ? -1 : 1));
  return digestOf([read, stack.locals]);
}
