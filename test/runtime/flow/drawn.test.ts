import fc from "fast-check";
import { depth, DRAW_SEED, IS_DEEP } from "../../support/depth";
import { EACH_DEED, FLOW_AGENTS, FLOW_TASKS } from "../../support/exchange/flow-fleet";
import { Flow } from "../../support/exchange/flow";
import type { Again } from "../../support/exchange/flow-again";
import type { Move, Scope } from "../../support/exchange/flow-moves";

/** It waits for as long as it takes on a busy machine. */
const DEEP_MILLISECONDS = 3_600_000;
const SEQUENCES = depth(12_000, 40);

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
    "part",
    "answer",
    "join",
    "wait",
  ),
  number: fc.nat({ max: 100_000 }),
});

function add(seen: Map<string, number>, codes: ReadonlyMap<string, number>): void {
  for (const [code, count] of codes) seen.set(code, (seen.get(code) ?? 0) + count);
}

type Picks = readonly { readonly kind: Move["kind"]; readonly number: number }[];

async function through(picks: Picks, seen: Map<string, number>): Promise<void> {
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
  add(seen, new Map([["better", flow.better]]));
}

test(
  "no write goes below what its writer could know, no untrusted input leads to a payment, and all that the old counting allows is allowed",
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
    const rare = IS_DEEP
      ? ["evidence.replayed", "mark.credential-below", "mark.reserved", "session.tainted", "waited"]
      : [];
    for (const code of ["given", "mark.above-clearance", "better", ...rare]) {
      expect([code, seen.get(code) ?? 0]).not.toEqual([code, 0]);
    }
  },
  DEEP_MILLISECONDS,
);

/** Agents that write low, and hand on to each other, as often as they like */
const BUSY: Scope = {
  ...ALL,
  tasks: ["publish", "publish", "publish", "work", "work", "load"],
  deeds: ["post", "intake"],
  by: ["self", "self", "ada", "bob"],
  waits: [1, 60, 301, 661],
  mostRuns: 4,
};
const agent = fc.constantFrom(...FLOW_AGENTS);
const reader = fc
  .tuple(agent, fc.constantFrom("ada", "self"), fc.constantFrom("read", "load"), fc.option(agent))
  .map(([reads, by, deed, through]): Again =>
    through === null || through === reads
      ? { agent: reads, by, deed }
      : { agent: through, by, deed, delegate: `${reads}.${deed}`, answers: true },
  );
/** That a reader is told to wait: for its request to arrive, to read, and for its answer to arrive, and once more at each */
const MOST_WAITS = 6;

async function makeEach(flow: Flow, picks: Picks, until = Infinity): Promise<void> {
  for (const { kind, number } of picks) {
    const moves = flow.movesOf(kind);
    const move = moves[number % (moves.length || 1)];
    if (move === undefined) continue;
    const wrong = await flow.make(
      move.kind === "wait" ? { ...move, seconds: flow.secondsUntil(until, move.seconds) } : move,
    );
    if (wrong !== undefined) throw new Error(wrong);
  }
}

test(
  "a reader that comes back in time is answered, even under other readers' requests",
  async () => {
    const waits = new Map<number, number>();
    const picks = fc.array(pick, { minLength: 8, maxLength: 20 });
    const meanwhile = fc.array(picks, { minLength: MOST_WAITS + 1, maxLength: MOST_WAITS + 1 });
    await fc.assert(
      fc.asyncProperty(picks, reader, meanwhile, async (before, asked, each) => {
        const flow = new Flow(BUSY);
        await makeEach(flow, before);
        let turn = 0;
        const count = await flow.waitsFor(asked, MOST_WAITS, (until) => makeEach(flow, each[turn++] ?? [], until));
        waits.set(count, (waits.get(count) ?? 0) + 1);
      }),
      { numRuns: depth(1_000, 20) },
    );
    if (IS_DEEP) process.stderr.write(`readers by how often they waited: ${JSON.stringify([...waits].sort())}\n`);
    expect(waits.get(1) ?? 0).toBeGreaterThan(0);
  },
  DEEP_MILLISECONDS,
);

function secondsSince(began: number): number {
  return Math.round((process.cpuUsage().user - began) / 1e6);
}
