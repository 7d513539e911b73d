import fc from "fast-check";
import { depth, DRAW_SEED, IS_DEEP } from "../../support/depth";
import { EACH_DEED, FLOW_AGENTS, FLOW_TASKS } from "../../support/exchange/flow-fleet";
import { Flow, type Move, type Scope } from "../../support/exchange/flow";

/** It waits for as long as it takes on a busy machine. */
const DEEP_MILLISECONDS = 3_600_000;
const SEQUENCES = depth(20_000, 40);

const ALL: Scope = {
  agents: FLOW_AGENTS,
  tasks: ["work", "work", ...FLOW_TASKS],
  deeds: EACH_DEED,
  by: ["ada", "ada", "ada", "bob", "event", "self"],
  waits: [240, 301, 961, 1_300, 2_000],
  mostRuns: 2,
  mostHanded: 2,
  timeless: false,
};

/** Kinds of moves as often as they are worth trying, each with any number */
const pick = fc.record({
  kind: fc.constantFrom<Move["kind"]>(
    "start",
    "start",
    "start",
    "use",
    "use",
    "use",
    "hand",
    "hand",
    "present",
    "wait",
  ),
  number: fc.nat({ max: 100_000 }),
});

function add(seen: Map<string, number>, codes: ReadonlyMap<string, number>): void {
  for (const [code, count] of codes) seen.set(code, (seen.get(code) ?? 0) + count);
}

async function through(
  picks: readonly { readonly kind: Move["kind"]; readonly number: number }[],
  seen: Map<string, number>,
): Promise<void> {
  const flow = new Flow(ALL);
  const made: Move[] = [];
  for (const { kind, number } of picks) {
    const moves = flow.movesOf(kind);
    const move = moves[number % (moves.length || 1)];
    if (move === undefined) continue;
    made.push(move);
    const wrong = await flow.make(move);
    if (wrong !== undefined) throw new Error(`${wrong}:\n${made.map((one) => JSON.stringify(one)).join("\n")}`);
  }
  add(seen, flow.codes);
}

test(
  "no allowed write goes below what its writer could know, and no stranger makes anybody pay",
  async () => {
    const seen = new Map<string, number>();
    const began = process.cpuUsage().user;
    await fc.assert(
      fc.asyncProperty(fc.array(pick, { minLength: 15, maxLength: 40 }), (picks) => through(picks, seen)),
      { numRuns: SEQUENCES },
    );
    if (IS_DEEP)
      process.stderr.write(
        `seed ${DRAW_SEED}, ${secondsSince(began)} CPU-seconds: ${JSON.stringify(Object.fromEntries(seen))}\n`,
      );
    const rare = IS_DEEP ? ["mark.credential-below", "mark.reserved", "session.tainted", "waited"] : [];
    for (const code of ["given", "mark.above-clearance", ...rare]) {
      expect([code, seen.get(code) ?? 0]).not.toEqual([code, 0]);
    }
  },
  DEEP_MILLISECONDS,
);

function secondsSince(began: number): number {
  return Math.round((process.cpuUsage().user - began) / 1e6);
}
