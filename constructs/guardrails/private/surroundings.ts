import type { Json } from "../../../domain";
import type { Block } from "../block";
import { digestOf } from "../finding";
import type { StackJson } from "../stack";
import { isObject } from "../value";
import { essenceOf } from "./essence";

/** Names of blocks in an expression, such as `data.aws_iam_policy_document.worker` and `var.policy` */
const NAMED = /\b((?:(?:data|ephemeral)\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)/g;

/**
 * Digest of a block, of all blocks that it refers to, and of those that they refer to.
 *
 * What a rule cannot decide is acknowledged as it was read then: an acknowledgement ends when any of this changes.
 */
export function surroundingsOf(block: Block, stack: StackJson): string {
  const read = readFrom(block, stack, () => true);
  return digestOf([read, stack.locals]);
}

/**
 * Digest of a block, of the values in it that stand elsewhere (variables, locals, data sources), and of the resources and modules that it
 * or these values name: what a policy, a binding or a setting is attached to.
 *
 * Each finding rests on it: an acknowledgement ends when any of this changes, as far as the change may be one of the danger.
 */
export function basisOf(block: Block, stack: StackJson): string {
  return digestOf([readFrom(block, stack, isValue)]);
}

/** Whether a block needs what its stack does not write: a variable without a default, the workspace or the folder of a run */
export function needsValues(block: Block, stack: StackJson): boolean {
  const read = JSON.stringify(readFrom(block, stack, isValue));
  if (/\b(?:terraform\.workspace|path\.\w+)/.test(read)) return true;
  return [...read.matchAll(/\bvar\.([\w-]+)/g)].some(
    ([, name = ""]) => (stack.at(`variable.${name}`)?.body["default"] ?? null) === null,
  );
}

/** What stands for a value, so that what it refers to is a part of the block that uses it */
function isValue({ mode }: Block): boolean {
  return mode === "data" || mode === "ephemeral" || mode === "variable";
}

/** The essence of a block and of those it refers to, by address. Of those that are followed, what they refer to is read too. */
function readFrom(block: Block, stack: StackJson, isFollowed: (block: Block) => boolean): Json {
  const seen = new Map<string, Json>();
  const own = essenceOf(block);
  const waiting: (readonly [address: string, read: Json, names: Json])[] = [[block.address, own, own]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [address, read, names] = next;
    if (seen.has(address)) continue;
    seen.set(address, read);
    for (const [, name] of JSON.stringify(names).matchAll(NAMED)) {
      const [root, label] = (name as string).split(".") as [string, string];
      if (root === "local") {
        const value = localsNamed(label, stack);
        waiting.push([name as string, value, value]);
        continue;
      }
      const referred = stack.at((name as string).replace(/^var\./, "variable."));
      if (referred === undefined) continue;
      const essence = essenceOf(referred);
      waiting.push([referred.address, essence, isFollowed(referred) ? essence : null]);
    }
  }
  return [...seen].sort(([one], [other]) => (one < other ? -1 : 1));
}

function localsNamed(name: string, { locals }: StackJson): Json {
  return locals.flatMap((each) => (isObject(each) && each[name] !== undefined ? [each[name]] : []));
}
