import { median } from "../comparison";

/** Something that is asked again and again */
export type Ask = () => unknown;

/** Questions of one kind in a row: few, so that a busy moment hits all kinds, and enough for each to run from warm caches */
const IN_A_ROW = 25;

/**
 * Per round, the median microseconds of each; they take turns.
 *
 * @returns per name, a value for each round
 */
export async function timedInTurns<Name extends string>(
  asks: Readonly<Record<Name, Ask>>,
  { rounds, questions, warmUp }: { readonly rounds: number; readonly questions: number; readonly warmUp: number },
): Promise<Record<Name, readonly number[]>> {
  const names = Object.keys(asks) as Name[];
  const empty = (): Record<Name, number[]> =>
    Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const inTurns = async (atLeast: number): Promise<Record<Name, number[]>> => {
    const times = empty();
    for (let asked = 0; asked < atLeast; asked += IN_A_ROW) {
      for (const name of names) for (let row = 0; row < IN_A_ROW; row++) times[name].push(await timed(asks[name]));
    }
    return times;
  };
  await inTurns(warmUp);
  const medians = empty();
  for (let round = 0; round < rounds; round++) {
    const times = await inTurns(questions);
    for (const name of names) medians[name].push(median(times[name]));
  }
  return medians;
}

/** What answers at once is not waited for. */
async function timed(ask: Ask): Promise<number> {
  const start = performance.now();
  const answer = ask();
  if (answer instanceof Promise) await answer;
  return (performance.now() - start) * 1000;
}

/** Asks one request after the other, from the first again after the last. */
export function cycling<Request>(requests: readonly Request[], ask: (request: Request) => unknown): Ask {
  let next = 0;
  return () => {
    const request = requests[next] as Request;
    next = (next + 1) % requests.length;
    return ask(request);
  };
}
