import fc from "fast-check";
import { LIMITS, type PolicyTask } from "../../../domain";
import { type Counter, countersOf, readSpent, spendWrite } from "../../../runtime/session/budgets";
import type { Run, Session } from "../../../runtime/session/session";
import { begun } from "../../../runtime/session/session-state";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { type Item, type Key, type StateStore, StoreConflict, type Write } from "../../../runtime/store/store";
import { EPOCH, NOW, runOf, sessionOf, TIMES } from "../../support/exchange/sessions";
import { depth } from "../../support/depth";

const HOUR = 3_600;
const budget = (name: string, limit = 10): PolicyTask["budgets"] => ({ [name]: { limit, actions: "any" } });

function counter(name: string, run: Run, session: Session, now: number): Counter {
  const [only] = countersOf(EPOCH, run, session, budget(name), now);
  return only as Counter;
}

/** Whether what is spent at the first place and time counts at the second */
function same(name: string, first: [Run, Session, number], second: [Run, Session, number]): boolean {
  return JSON.stringify(counter(name, ...first).key) === JSON.stringify(counter(name, ...second).key);
}

const run = runOf("worker");
const session = sessionOf();
const otherRun = runOf("worker", { run: "another-run" });
const EVIDENCE = { digest: "e-1", until: NOW + 900 };
const byUser = { ...run, evidence: EVIDENCE };
const otherSession = sessionOf({ sid: "sid-since" });

test.each([
  ["another run", "run:calls:all", [otherRun, session, NOW], false],
  ["the same run in another session", "run:calls:all", [run, otherSession, NOW], true],
  ["another run of the session", "session:calls:all", [otherRun, session, NOW], true],
  ["another session", "session:calls:all", [run, otherSession, NOW], false],
  ["another run and session of the hour", "hour:calls:all", [otherRun, otherSession, NOW + HOUR - 1], true],
  ["the next hour", "hour:calls:all", [run, session, NOW + HOUR], false],
  ["another run and session of the day", "day:calls:all", [otherRun, otherSession, NOW + 15 * HOUR - 1], true],
  ["the next day", "day:calls:all", [run, session, NOW + 15 * HOUR], false],
  ["another user", "day:calls:all", [{ ...run, user: null }, session, NOW], false],
  ["another agent", "day:calls:all", [{ ...run, agent: "front" }, session, NOW], false],
  ["another task", "day:calls:all", [{ ...run, task: "other" }, session, NOW], false],
] satisfies readonly (readonly [string, string, [Run, Session, number], boolean])[])(
  "in %s, %s is counted on or anew",
  (_, name, place, counted) => {
    expect(same(name, [run, session, NOW], place)).toBe(counted);
  },
);

test.each([
  ["the same evidence is presented again", { ...otherRun, evidence: EVIDENCE }, true],
  ["work is handed on under the same evidence", { ...otherRun, txn: "t", evidence: EVIDENCE }, true],
  ["other evidence is presented", { ...otherRun, evidence: { ...EVIDENCE, digest: "e-2" } }, false],
  ["the agent starts itself", { ...otherRun, evidence: null }, false],
  ["the same evidence starts another task", { ...otherRun, task: "other", evidence: EVIDENCE }, false],
  ["the same evidence starts another agent", { ...otherRun, agent: "front", evidence: EVIDENCE }, false],
])("a run's spending, where %s, is continued or begins anew", (_, next, counted) => {
  expect(same("run:calls:all", [byUser, session, NOW], [next, session, NOW])).toBe(counted);
});

test("a run's spending is continued where an agent that started itself delegates twice", () => {
  const [first, second] = [runOf("worker", { run: "a", txn: "t" }), runOf("worker", { run: "b", txn: "t" })];
  expect(same("run:calls:all", [first, session, NOW], [second, session, NOW])).toBe(true);
});

test("a run's spending is kept as long as its evidence can start another run, and that one can delegate", () => {
  const short = { ...byUser, expiresAt: NOW + 60 };
  const { expiresAt } = counter("run:calls:all", short, session, NOW);
  expect(expiresAt).toBeGreaterThanOrEqual(EVIDENCE.until + LIMITS.taskTtl.ceiling.seconds);
  expect(counter("run:calls:all", byUser, session, NOW + 60).expiresAt).toBe(expiresAt);
});

test("hours and days are those of UTC", () => {
  const midnight = Date.UTC(2026, 10, 12) / 1000;
  expect(counter("hour:calls:all", run, session, NOW + 59 * 60)).toMatchObject({ expiresAt: NOW + HOUR });
  expect(counter("day:calls:all", run, session, NOW)).toMatchObject({ expiresAt: midnight });
  expect(counter("day:calls:all", run, session, midnight)).toMatchObject({ expiresAt: midnight + 24 * HOUR });
});

test("a session that inherits goes on counting until the first one's total is over, a clean one does not", () => {
  const inherits = begun("second", session, false, TIMES, NOW + HOUR);
  const again = begun("third", inherits, false, TIMES, NOW + 2 * HOUR);
  const late = begun("fourth", again, false, TIMES, NOW + 28_200);
  const clean = begun("fifth", session, true, TIMES, NOW + HOUR);
  const counted = (next: Session): boolean =>
    same("session:calls:all", [run, session, NOW], [run, next, next.startedAt]);
  expect([inherits, again, late, clean].map(counted)).toEqual([true, true, false, false]);
});

test("a session's spending is kept as long as any inheriting session can last", () => {
  const { expiresAt } = counter("session:calls:all", run, session, NOW);
  expect(expiresAt).toBeGreaterThanOrEqual(session.startedAt + 2 * 12 * HOUR);
});

test("a budget of many actions has a unique key that every store accepts", async () => {
  const many = (last: string) =>
    `day:calls:${Array.from({ length: 40 }, (_, index) => `tool.action-${index}`).join("+")}+${last}`;
  const store = new MemoryStore(() => NOW);
  const [one, two] = [many("a.b"), many("a.c")].map((name) => counter(name, run, session, NOW));
  await store.write([spendWrite(one as Counter, 3, 10)]);
  await expect(readSpent(store, [one as Counter, two as Counter])).resolves.toEqual({
    [many("a.b")]: 3,
    [many("a.c")]: 0,
  });
});

test("fails when a budget has an unknown period", () => {
  expect(() => counter("year:calls:all", run, session, NOW)).toThrow(
    'the period of a budget must be run, session, hour or day, got "year"',
  );
});

test.each([
  ["text", "7"],
  ["less than nothing", -1],
  ["a part", 1.5],
])("fails when the store counts %s", async (_, value) => {
  const store = new MemoryStore(() => NOW);
  const one = counter("day:calls:all", run, session, NOW);
  await store.write([{ kind: "put", key: one.key, value, when: "any" }]);
  await expect(readSpent(store, [one])).rejects.toThrow("what day:calls:all has spent must be a whole number");
});

/** A store whose reads and writes take place in the order that the scheduler chooses */
class ShuffledStore implements Pick<StateStore, "read" | "write"> {
  private readonly memory = new MemoryStore(() => NOW);

  constructor(private readonly scheduler: fc.Scheduler) {}

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const items = await this.memory.read(keys);
    await this.scheduler.schedule(Promise.resolve("read"));
    return items;
  }

  public async write(writes: readonly Write[]): Promise<void> {
    await this.scheduler.schedule(Promise.resolve("write"));
    await this.memory.write(writes);
  }
}

test("for every interleaving, no budget exceeds its limit, and the count equals what was spent", () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat({ max: 6 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 1, max: 12 }),
      async (scheduler, costs, limit) => {
        const store = new ShuffledStore(scheduler);
        const one = counter("day:sum=amount:pay.refund", run, session, NOW);
        const spend = async (cost: number): Promise<number> => {
          const spent = (await readSpent(store, [one]))[one.budget] as number;
          if (spent + cost > limit) return 0;
          return store.write([spendWrite(one, cost, limit)]).then(
            () => cost,
            (error: unknown) => {
              if (error instanceof StoreConflict) return 0;
              throw error;
            },
          );
        };
        const all = Promise.all(costs.map(spend));
        await scheduler.waitFor(all);
        const sum = (await all).reduce((before, cost) => before + cost, 0);
        const counted = readSpent(store, [one]);
        await scheduler.waitFor(counted);
        expect((await counted)[one.budget]).toBe(sum);
        expect(sum).toBeLessThanOrEqual(limit);
      },
    ),
    { numRuns: depth(300) },
  ));
