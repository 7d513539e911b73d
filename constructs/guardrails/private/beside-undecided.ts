import type { Json } from "../../../domain";
import type { Block } from "../block";
import { digestOf } from "../finding";
import type { BlockRule, Violation } from "../rule";
import type { StackJson } from "../stack";
import { type BlockBody, UndecidedValue } from "../value";
import { withInstead } from "./with-instead";

/** What a rule tells of a block */
export type Told = UndecidedValue | Violation;

/** What is put in the place of a value that is unknown: flags, numbers, a name, and nothing, which moves what stands behind it in a list */
const TRIED: readonly (string | undefined)[] = ["true", "false", "1", "1000000", "known", undefined];

/** A block with more unknown values than this is not looked at further. */
const MOST = 100;

/**
 * What a rule finds in a block beside a value that it cannot decide: all that it finds whichever of some values is in its place. Otherwise
 * one unknown value would hide the rest of the block from the one who acknowledges it.
 */
export function besideUndecided(
  unknown: UndecidedValue,
  rule: BlockRule,
  block: Block,
  stack: StackJson,
): readonly Told[] {
  const check = (body: BlockBody): Iterable<Told> => rule.check({ ...block, body }, stack);
  const trials = TRIED.flatMap((_, begin) => {
    const told = trial(unknown, [...TRIED.slice(begin), ...TRIED.slice(0, begin)], block.body, check);
    return told === undefined ? [] : [told];
  });
  const [first = [], ...others] = trials;
  const keys = others.map((told) => new Set(told.map(keyOf)));
  return first.filter((each) => keys.every((told) => told.has(keyOf(each))));
}

/** What is told with the first value of use in the place of each unknown one; undefined where there is none */
function trial(
  unknown: UndecidedValue,
  tried: typeof TRIED,
  written: BlockBody,
  check: (body: BlockBody) => Iterable<Told>,
): readonly Told[] | undefined {
  const undecided: UndecidedValue[] = [];
  let body = written;
  for (let next = unknown; undecided.length < MOST;) {
    const step = firstOfUse(next, tried, body, check);
    if (step === undefined) return undefined;
    if (!(step.told instanceof UndecidedValue)) return [...undecided, ...step.told];
    undecided.push(step.told);
    next = step.told;
    body = step.body;
  }
  return undefined;
}

interface Step {
  readonly body: BlockBody;
  readonly told: readonly Told[] | UndecidedValue;
}

function firstOfUse(
  unknown: UndecidedValue,
  tried: typeof TRIED,
  before: BlockBody,
  check: (body: BlockBody) => Iterable<Told>,
): Step | undefined {
  for (const each of tried) {
    const body = withInstead(before, unknown, each);
    if (body === undefined) return undefined;
    const found = told(() => check(body));
    const isOfUse = !(found instanceof UndecidedValue) || found.at !== unknown.at || found.value !== each;
    if (found !== undefined && isOfUse) return { body, told: found };
  }
  return undefined;
}

/** All that is told, or the value at which it ended; undefined where a rule breaks by a value that is not the block's own */
function told(check: () => Iterable<Told>): readonly Told[] | UndecidedValue | undefined {
  try {
    return [...check()];
  } catch (error) {
    return error instanceof UndecidedValue ? error : undefined;
  }
}

function keyOf(each: Told): string {
  return digestOf(
    each instanceof UndecidedValue
      ? [each.at.replace(/\[\d+\]/g, ""), each.value]
      : ([each.what, each.evidence, true] as Json),
  );
}
