/** As often may the rule of a mutant be come to in one run of tests: more is a loop that does not end. */
const MOST_TURNS = 20_000_000;

let active: string | undefined;
let turns = 0;

/** From now on this mutant is tried; without a name none is. */
export function activate(name: string | undefined): void {
  active = name;
  turns = 0;
}

export function activeMutant(): string | undefined {
  return active;
}

/** Asked by the switches in the sources, from within the tests. Counts turns, not seconds: a busy machine changes nothing. */
export function isMutant(name: string): boolean {
  if (name !== active) return false;
  turns += 1;
  if (turns > MOST_TURNS)
    throw new Error(`the mutant "${name}" does not end: its rule was come to ${MOST_TURNS} times`);
  return true;
}
