import fc from "fast-check";
import { depth, DRAW_SEED, IS_DEEP } from "../../support/depth";
import { ALL_DEEDS, Flow, type Move, type Scope } from "../../support/exchange/flow";

const SEQUENCES = depth(20_000, 60);
const MOST_STATES = depth(60_000, 60);

const ALL: Scope = {
  deeds: [...ALL_DEEDS, "read", "post", "load", "publish", "hand"],
  by: ["ada", "ada", "ada", "bob", "event", "self"],
  waits: [240, 301, 961, 1_300, 2_000],
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
    const moves = flow.moves().filter((move) => move.kind === kind);
    const move = moves[number % (moves.length || 1)];
    if (move === undefined) continue;
    made.push(move);
    const wrong = await flow.make(move);
    if (wrong !== undefined) throw new Error(`${wrong}:\n${made.map((one) => JSON.stringify(one)).join("\n")}`);
  }
  add(seen, flow.codes);
}

test("no allowed write goes below what its writer could know, and no stranger makes anybody pay", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(pick, { minLength: 15, maxLength: 40 }), (picks) => through(picks, seen)),
    { numRuns: SEQUENCES },
  );
  if (IS_DEEP) process.stderr.write(`seed ${DRAW_SEED}: ${JSON.stringify(Object.fromEntries(seen))}\n`);
  const rare = IS_DEEP ? ["mark.credential-below", "mark.reserved", "session.tainted"] : [];
  for (const code of ["given", "mark.above-clearance", ...rare]) {
    expect([code, seen.get(code) ?? 0]).not.toEqual([code, 0]);
  }
});

/** Every state that is reached, each once, the nearest first, until nothing new appears or there are too many */
async function explored(scope: Scope) {
  const flow = new Flow(scope);
  const seen = new Set([flow.canonical()]);
  let [level, depth] = [[flow.save()], 0];
  for (; level.length > 0 && seen.size < MOST_STATES; depth += 1) {
    const next: typeof level = [];
    for (const state of level) {
      flow.load(state);
      for (const move of flow.moves()) {
        flow.load(state);
        const wrong = await flow.make(move);
        if (wrong !== undefined) throw new Error(`${wrong}, at depth ${depth}, by ${JSON.stringify(move)}`);
        const name = flow.canonical();
        if (seen.has(name) || seen.size >= MOST_STATES) continue;
        seen.add(name);
        next.push(flow.save());
      }
    }
    level = next;
  }
  return { states: seen.size, depth, whole: level.length === 0 };
}

test.each<readonly [string, Scope]>([
  ["what is read and posted", { deeds: ["hand", "read", "post"], by: ["ada", "self"], waits: [2_000] }],
  ["credentials", { deeds: ["hand", "load", "publish"], by: ["ada", "bob"], waits: [1_300] }],
  ["what strangers wrote", { deeds: ["hand", "intake", "pay"], by: ["ada", "event"], waits: [2_000] }],
])("nothing flows down in any state that is reached: %s", async (name, scope) => {
  const { states, depth, whole } = await explored(scope);
  if (IS_DEEP)
    process.stderr.write(`${name}: ${states} states, depth ${depth}, ${whole ? "all of them" : "and more"}\n`);
  expect(states).toBeGreaterThanOrEqual(MOST_STATES / 10);
});
