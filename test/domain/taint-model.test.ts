import fc from "fast-check";
import { DeclarationError } from "../../domain";
import { type AgentSketch, type FleetSketch, sketched, type TaskSketch } from "../support/sketched-fleet";
import { depth } from "../support/depth";

const STARTS = ["user", "schedule", "delegation", "agent"] as const;
const WORDS = ["web", "mails:read", "drafts:write", "notes:write"];

/** Whether an edge lets data through at all, and how many hops it allows */
interface Hop {
  readonly to: number;
  readonly depth: 1 | 2;
  readonly narrow: boolean;
}

const task = fc.record({
  startedBy: fc.subarray([...STARTS], { minLength: 1 }),
  has: fc.subarray(WORDS, { maxLength: 2 }),
  hops: fc.array(fc.record({ to: fc.nat(7), depth: fc.constantFrom(1, 2), narrow: fc.boolean() }), { maxLength: 2 }),
});
const fleet = fc.array(
  fc.record({
    shared: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    tasks: fc.array(task, { minLength: 1, maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Tasks of agents before this one that take work, each once */
function edgesOf(hops: readonly Hop[], takers: readonly string[]): NonNullable<TaskSketch["delegates"]> {
  const edges = new Map<string, NonNullable<TaskSketch["delegates"]>[number]>();
  for (const { to, depth, narrow } of takers.length === 0 ? [] : hops) {
    const target = takers[to % takers.length] as string;
    edges.set(target, { to: target, depth, ...(narrow && { data: [] }) });
  }
  return [...edges.values()];
}

const sketch: fc.Arbitrary<FleetSketch> = fleet.map((agents) => {
  const takers: string[] = [];
  const sketches: Record<string, AgentSketch> = {};
  for (const [index, { shared, tasks }] of agents.entries()) {
    const name = `agent-${index}`;
    const own = Object.fromEntries(
      tasks.map(({ hops, ...rest }, at) => [`t${at}`, { ...rest, delegates: edgesOf(hops, takers) }] as const),
    );
    sketches[name] = { tasks: own, ...(shared && { memory: "shared" }) };
    takers.push(
      ...Object.entries(own).flatMap(([of, { startedBy }]) =>
        startedBy.includes("delegation") ? [`${name}.${of}`] : [],
      ),
    );
  }
  return sketches;
});

/** One task at work in one transaction */
interface Worker {
  readonly agent: string;
  readonly has: readonly string[];
}

interface Transaction {
  readonly id: string;
  readonly by: string;
  readonly workers: readonly [Worker, ...Worker[]];
}

/** Every transaction twice: that one of a kind tells the next one nothing has to show. */
function transactionsOf(fleet: FleetSketch): readonly Transaction[] {
  const named = (target: string): TaskSketch => {
    const [agent = "", of = ""] = target.split(".");
    return fleet[agent]?.tasks[of] as TaskSketch;
  };
  const below = (target: string, left: number, open: boolean): Worker[] =>
    (named(target).delegates ?? []).flatMap(({ to, depth = 1, data }) => {
      const [rest, through] = [Math.min(left, depth), open && data === undefined];
      if (rest < 1) return [];
      const has = (named(to).has ?? []).filter((word) => through || !word.includes(":"));
      return [{ agent: to.split(".")[0] as string, has }, ...below(to, rest - 1, through)];
    });
  return Object.entries(fleet).flatMap(([agent, { tasks }]) =>
    Object.entries(tasks).flatMap(([of, { startedBy, has = [] }]) =>
      startedBy.flatMap((by) =>
        [1, 2].map((time): Transaction => {
          const target = `${agent}.${of}`;
          return { id: `${target} by ${by}, ${time}`, by, workers: [{ agent, has }, ...below(target, 3, true)] };
        }),
      ),
    ),
  );
}

/** Plain model: all possible steps, up to the fixed point. Is trusted data written by an agent that may know untrusted text? */
function washes(fleet: FleetSketch): boolean {
  const transactions = transactionsOf(fleet);
  const know = new Set<string>();
  const knower = (agent: string, { id, by }: Transaction): string => {
    if (fleet[agent]?.memory === "shared") return `${agent}: all`;
    return by === "user" ? `${agent}: ada` : `${agent}: ${id}`;
  };
  const isTold = (transaction: Transaction): boolean => {
    const { by, workers } = transaction;
    return (
      workers.some(({ has }) => has.includes("web") || has.includes("mails:read")) ||
      workers.some(({ agent }) => know.has(knower(agent, transaction))) ||
      (by === "agent" && workers.some(({ agent }) => [...know].some((one) => one.startsWith(`${agent}: `))))
    );
  };
  for (let before = -1; before < know.size;) {
    before = know.size;
    for (const transaction of transactions.filter(isTold)) {
      for (const { agent } of transaction.workers) know.add(knower(agent, transaction));
    }
  }
  return transactions.filter(isTold).some(({ workers }) => workers.some(({ has }) => has.includes("notes:write")));
}

test("a fleet is refused exactly where, by a plain model of who may know what, trusted data may be washed", () => {
  const seen = { refused: 0, accepted: 0 };
  fc.assert(
    fc.property(sketch, (agents) => {
      const code = codeOf(agents);
      expect(code).toBe(washes(agents) ? "flow.tainted-write" : undefined);
      seen[code === undefined ? "accepted" : "refused"] += 1;
    }),
    { numRuns: depth(400) },
  );
  expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(depth(40, 4));
});

function codeOf(agents: FleetSketch): string | undefined {
  try {
    sketched(agents);
    return undefined;
  } catch (error) {
    if (error instanceof DeclarationError) return error.code;
    throw error;
  }
}
