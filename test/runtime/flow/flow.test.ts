import { createHash } from "node:crypto";
import fc from "fast-check";
import { depth, DRAW_SEED, IS_DEEP } from "../../support/depth";
import { EACH_DEED, FLOW_TASKS } from "../../support/exchange/flow-fleet";
import { Flow, type Move, type Scope } from "../../support/exchange/flow";
import { canonical, nameless } from "../../support/exchange/flow-states";

/** It waits for as long as it takes on a busy machine. */
const DEEP_MILLISECONDS = 3_600_000;
const SEQUENCES = depth(20_000, 40);

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

/** Every state that is reached, each once, the nearest first, until nothing new appears or the depth is reached */
async function explored(scope: Scope, most: number) {
  const flow = new Flow(scope);
  const begin = flow.lines();
  const [seen, known] = [new Set([digest(canonical(begin))]), new Set([digest(nameless(begin.join("\n")))])];
  let [level, depth, moves] = [[flow.save()], 0, 0];
  for (; level.length > 0 && depth < most; depth += 1) {
    const next: typeof level = [];
    for (const state of level) {
      flow.load(state);
      for (const move of flow.moves()) {
        if (flow.isIdle(move)) continue;
        flow.load(state);
        const wrong = await flow.make(move);
        moves += 1;
        if (wrong !== undefined) throw new Error(`${wrong}, at depth ${depth}, by ${JSON.stringify(move)}`);
        const lines = flow.lines();
        if (!added(known, nameless(lines.join("\n"))) || !added(seen, canonical(lines))) continue;
        if (depth + 1 < most) next.push(flow.save());
      }
    }
    level = next;
  }
  return { states: seen.size, depth, moves, whole: level.length === 0 && depth < most };
}

/** Whether it is new */
function added(set: Set<string>, text: string): boolean {
  const name = digest(text);
  const before = set.size;
  return set.add(name).size > before;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

const plain = { mostHanded: 0, timeless: true, waits: [] } as const;
const USERS = ["ada", "bob"] as const;

test.each<readonly [string, number, Scope]>([
  ["read and post, for two users", 8, { ...plain, tasks: ["work"], deeds: ["read", "post"], by: USERS }],
  [
    "read and post, for one user",
    100,
    { ...plain, tasks: ["work"], deeds: ["read", "post"], by: ["ada"], waits: [2_000] },
  ],
  ["credentials", 6, { ...plain, tasks: ["work", "load", "publish"], deeds: [], by: ["ada"], waits: [1_300] }],
  [
    "what strangers wrote",
    6,
    { ...plain, tasks: ["work"], deeds: ["intake", "pay"], by: ["ada", "event"], waits: [2_000] },
  ],
])(
  "nothing flows down in any state that is reached: %s",
  async (name, most, scope) => {
    const began = process.cpuUsage().user;
    const { states, depth, moves, whole } = await explored(scope, IS_DEEP ? most : 3);
    if (IS_DEEP) {
      const reached = whole ? "all of them" : `all of them to depth ${depth}`;
      process.stderr.write(
        `${name}: ${states} states, depth ${depth}, ${moves} moves, ${secondsSince(began)} CPU-seconds, ${reached}\n`,
      );
    }
    expect(states).toBeGreaterThan(20);
  },
  DEEP_MILLISECONDS,
);
