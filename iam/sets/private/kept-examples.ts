import type { Budget } from "../budget";
import type { Glob } from "../glob";

/** Answers; what is forgotten is worked out again. */
const MOST_KEPT = 20_000;
/** Of the ids of lists: one of a thousand globs takes 7,000. */
const MOST_CHARACTERS = 4_000_000;
/** Of globs that must not match: to name longer lists takes about as long as to look at them. */
const LONGEST_NAMED = 64;

interface Kept {
  readonly example: string | undefined;
  readonly steps: number;
}

/** By name of a set: a review asks the same of the policies of all agents, before and after */
const examples = new Map<string, Kept>();
const names = new Map<string, number>();
/** A memo on frozen values: the id of a list */
const known = new WeakMap<readonly Glob[], number>();
let named = 0;
let characters = 0;

/** The example of the set, from when it was asked for before. A budget is spent alike, whether or not the answer is known. */
export function keptExample(
  all: readonly (readonly Glob[])[],
  none: readonly Glob[],
  budget: Budget,
  find: () => string | undefined,
): string | undefined {
  if (none.length > LONGEST_NAMED) return find();
  const name = `${all.map(nameOf).join(" ")}|${idsOf(none)}`;
  const kept = examples.get(name);
  if (kept !== undefined) {
    budget.spend(kept.steps);
    return kept.example;
  }
  const { spent } = budget;
  const example = find();
  if (examples.size >= MOST_KEPT) examples.clear();
  examples.set(name, { example, steps: budget.spent - spent });
  return example;
}

/** Equal for lists of the same globs; one that was forgotten gets another number, which no other list has. */
function nameOf(list: readonly Glob[]): number {
  const before = known.get(list);
  if (before !== undefined) return before;
  const ids = idsOf(list);
  const name = names.get(ids) ?? added(ids);
  known.set(list, name);
  return name;
}

function added(ids: string): number {
  characters += ids.length;
  if (characters > MOST_CHARACTERS) {
    names.clear();
    characters = ids.length;
  }
  named += 1;
  names.set(ids, named);
  return named;
}

function idsOf(list: readonly Glob[]): string {
  return list.map(({ id }) => id).join(" ");
}
