const MOST = 2 ** 31 - 1;

/** What is generated follows from it: another one at each run, or the one of a run that is to be repeated. */
export function seedOf(note: (text: string) => void, given = process.env.AMBIT_SEED): number {
  const seed = given === undefined || given === "" ? Date.now() % (MOST + 1) : Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed > MOST) {
    throw new Error(`AMBIT_SEED must be a whole number from 0 to ${MOST}, got ${given}`);
  }
  note(`seed ${seed}, the same again with AMBIT_SEED=${seed}`);
  return seed;
}
