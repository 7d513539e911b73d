import fc from "fast-check";
import { depth, DRAW_SEED, IS_DEEP } from "../../support/depth";
import { EACH_DEED, FLOW_TASKS } from "../../support/exchange/flow-fleet";
import { Flow, type Move, type Scope } from "../../support/exchange/flow";

const SEQUENCES = Number(process.env["SEQ"] ?? depth(20_000, 60));
const MOST_STATES = Number(process.env["STATES"] ?? depth(60_000, 60));

const ALL: Scope = {
  tasks: ["work", "work", ...FLOW_TASKS],
  deeds: EACH_DEED,
  by: ["ada", "ada", "ada", "bob", "event", "self"],
  waits: [240, 301, 961, 1_300, 2_000],
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
  let [level, depth, moves] = [[flow.save()], 0, 0];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const state of level) {
      flow.load(state);
      for (const move of flow.moves()) {
        if (flow.isIdle(move)) continue;
        flow.load(state);
        const wrong = await flow.make(move);
        moves += 1;
        if (wrong !== undefined) throw new Error(`${wrong}, at depth ${depth}, by ${JSON.stringify(move)}`);
        const name = flow.canonical();
        if (seen.has(name)) continue;
        if (seen.size >= MOST_STATES) return { states: seen.size, depth, moves, whole: false };
        seen.add(name);
        next.push(flow.save());
      }
    }
    level = next;
    depth += 1;
    if (process.env["SHOW"]) process.stderr.write(`${depth}: ${level.length} new, ${moves} moves, ${process.cpuUsage().user/1e6}\n`);
  }
  return { states: seen.size, depth, moves, whole: true };
}

const plain = { mostHanded: 0, timeless: true, waits: [] } as const;

test.each<readonly [string, Scope]>([
  ["read and post", { ...plain, tasks: ["work"], deeds: ["read", "post"], by: ["ada", "bob"] }],
  ["read and post, with time", { ...plain, tasks: ["work"], deeds: ["read", "post"], by: ["ada", "bob", "self"], waits: [2_000] }],
  ["credentials", { ...plain, tasks: ["work", "load", "publish"], deeds: [], by: ["ada", "bob"] }],
  ["what strangers wrote", { ...plain, tasks: ["work"], deeds: ["intake", "pay"], by: ["ada", "event"], waits: [2_000] }],
])("nothing flows down in any state that is reached: %s", async (name, scope) => {
  const { states, depth, moves, whole } = await explored(scope);
  if (IS_DEEP) {
    const reached = whole ? "all of them" : `all of them to depth ${depth}`;
    process.stderr.write(`${name}: ${states} states, depth ${depth}, ${moves} moves, ${reached}\n`);
  }
  expect(states).toBeGreaterThanOrEqual(MOST_STATES / 10);
});
