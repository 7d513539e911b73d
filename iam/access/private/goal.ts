import type { Box, Claim } from "./box";

/** Claims that are all true */
export interface Option {
  readonly claims: readonly Claim[];
  /** The dimensions that decide it, as bits, and the bit of what is not looked at yet */
  readonly about: number;
}

/** One of the options is true. */
export interface Goal {
  readonly options: readonly Option[];
  /** Claims of all options */
  readonly size: number;
  /** That of all options */
  readonly about: number;
}

/** What is left of a goal in a box */
export interface Standing {
  /** With the options that are open still */
  readonly goal: Goal;
  /** The option that is true already */
  readonly reached: Option | undefined;
}

/** All bits: every dimension, and none examined yet */
export const EVERYTHING = -1;
export const UNSEEN = 1 << 31;

export function goalOf(options: readonly (readonly Claim[])[]): Goal {
  return goalWith(
    options.map((claims) => ({ claims, about: claims.reduce((bits, { rule }) => bits | rule.about, UNSEEN) })),
  );
}

function goalWith(options: readonly Option[]): Goal {
  let [size, about] = [0, 0];
  for (const option of options) {
    size += option.claims.length;
    about |= option.about;
  }
  return { options, size, about };
}

/** @param changed where the box differs from that in which the goal was open last, as bits: other options are open still */
export function standingOf(goal: Goal, box: Box, changed: number): Standing {
  const options: Option[] = [];
  let reached: Option | undefined;
  for (const option of goal.options) {
    if ((option.about & changed) === 0) options.push(option);
    else if (option.claims.every((claim) => box.allows(claim))) {
      options.push(option);
      if (reached === undefined && option.claims.every((claim) => box.entails(claim))) reached = option;
    }
  }
  return { goal: options.length === goal.options.length ? goal : goalWith(options), reached };
}
