import type { Json } from "../../domain";
import type { Block } from "./block";
import type { StackJson } from "./stack";
import { isObject, listOf } from "./value";
import { isOneAtMost } from "./private/instances";
import { isBySame } from "./providers";
import { oncePer } from "./private/once-per";

/** By type and attribute, then by what the attribute names */
/** Each block asks, and going over all others each time would be quadratic. */
const indexesIn = oncePer<StackJson, Map<string, ReadonlyMap<string, readonly Block[]>>>(() => new Map());

/**
 * The resources of a type that belong to a block, which they name by a reference or by its own name.
 *
 * @param by attribute in which they name it, such as `bucket`
 * @param name attribute in which the block has its name
 */
export function attachedTo(block: Block, stack: StackJson, type: string, by: string, name = by): readonly Block[] {
  const index = indexOf(stack, type, by);
  const own = block.body[name];
  const named = typeof own === "string" ? (index.get(own) ?? []) : [];
  return [...(index.get(block.address) ?? []), ...named];
}

/** As `attachedTo`, those alone that each instance of the block has, whenever it exists. What protects a block is looked up by this. */
export function alwaysAttachedTo(...[block, ...rest]: Parameters<typeof attachedTo>): readonly Block[] {
  const [, , by] = rest;
  return attachedTo(block, ...rest).filter((each) => existsWith(each, block) && isOfEach(each.body[by], block));
}

/** Whether a text names each instance of a block, and not one of several: `[0]` is all of those that are one at most. */
function isOfEach(text: Json | undefined, { body: { count, for_each: repeated } }: Block): boolean {
  const key = typeof text === "string" ? INSTANCE.exec(text)?.[1] : undefined;
  if (key === undefined || /^(?:count\.index|each\.(?:key|value))$/.test(key)) return true;
  return repeated === undefined && isOneAtMost(count);
}

/** Which instance a reference names */
const INSTANCE = /^\$\{(?:data\.)?[\w-]+\.[\w-]+\[\s*([^[\]]*?)\s*\]/;

/**
 * Whether a block exists whenever another one does: by no count, no `for_each` and no `enabled`, or by those of the other, and by the same
 * provider. A protection that is never made is none.
 */
export function existsWith(block: Block, other: Block): boolean {
  const { count, for_each, lifecycle } = block.body;
  const { address, body: own } = other;
  const isCounted = count === undefined || count === own["count"] || Number(count) >= 1;
  const isRepeated = for_each === undefined || for_each === own["for_each"] || for_each === `\${${address}}`;
  return isCounted && isRepeated && isBySame(block, other) && isEnabled(lifecycle, own["lifecycle"]);
}

/** OpenTofu makes no resource whose lifecycle says so. */
function isEnabled(lifecycle: Json | undefined, own: Json | undefined): boolean {
  const enabled = enabledIn(lifecycle);
  return enabled === "true" || enabled === enabledIn(own);
}

/** What a lifecycle says of whether its resource exists; `true` where it says nothing */
export function enabledIn(lifecycle: Json | undefined): string {
  const [block] = listOf(lifecycle);
  return String((isObject(block) ? block["enabled"] : undefined) ?? true);
}

/** What an attribute names: the address of the block that it refers to, or the text that is written */
export function namedBy(block: Block, stack: StackJson, attribute: string): string | undefined {
  const value = block.body[attribute];
  return stack.referred(value)?.block.address ?? (typeof value === "string" ? value : undefined);
}

function indexOf(stack: StackJson, type: string, by: string): ReadonlyMap<string, readonly Block[]> {
  const indexes = indexesIn(stack);
  const key = `${type} ${by}`;
  const known = indexes.get(key);
  if (known !== undefined) return known;
  const index = new Map<string, Block[]>();
  for (const each of stack.of(type)) {
    const named = namedBy(each, stack, by);
    if (named === undefined) continue;
    const before = index.get(named);
    if (before === undefined) index.set(named, [each]);
    else before.push(each);
  }
  indexes.set(key, index);
  return index;
}
