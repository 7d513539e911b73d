import fc from "fast-check";
import type { Act } from "../../../runtime/audit/audit";
import { readWriter, missingRecord } from "../../support/audit/writer-records";
import { AuditLedger, MOST_WAITING } from "../../../runtime/audit/ledger";
import { AUDIT_WRITERS, auditHeadKey } from "../../../runtime/store/keys";
import { LevelStore } from "../../../runtime/store/level-store";
import { MemoryStore } from "../../../runtime/store/memory-store";
import {
  type Condition,
  StoreConflict,
  type StateStore,
  StoreUnavailable,
  type Write,
} from "../../../runtime/store/store";
import { scratch } from "../../support/cli";
import { FaultyStore } from "../../support/faulty-store";
import { depth } from "../../support/depth";

const folder = scratch("ledger");
const clock = () => 1_000;

let store: FaultyStore;
let ledger: AuditLedger;
beforeEach(() => {
  store = new FaultyStore(new MemoryStore(clock));
  ledger = new AuditLedger({ store, clock });
});

const write = (sort: string, when: Condition = "absent"): Write => ({
  kind: "put",
  key: { partition: "p", sort },
  value: sort,
  when,
});
const act = (name: string, ...writes: readonly Write[]): Act => ({
  writes,
  event: { kind: "test", time: 1_000, facts: { name } },
});

/** Names of the acts that a ledger has on record, of which none may be missing */
async function namesIn(from: StateStore, { writer }: AuditLedger): Promise<readonly unknown[]> {
  const { records, head } = await readWriter(from, writer);
  expect(missingRecord(records, head)).toBeUndefined();
  return records.map(({ facts }) => facts.name);
}

const settled = async (acts: readonly Act[], to = ledger) =>
  (await Promise.allSettled(acts.map((one) => to.commit(one)))).map((result) =>
    result.status === "fulfilled" ? "done" : (result.reason as Error),
  );

test("an act is written together with its record, the head and the writer's entry", async () => {
  await ledger.commit(act("first", write("a"), write("b")));
  expect(store.asked.map((writes) => writes.map(({ key }) => key))).toEqual([
    [
      { partition: "p", sort: "a" },
      { partition: "p", sort: "b" },
      { partition: `audit#${ledger.writer}`, sort: "0000000000000001" },
      { partition: `audit#${ledger.writer}`, sort: "head" },
      { partition: "audit-log-writers", sort: ledger.writer },
    ],
  ]);
  await ledger.commit(act("second"));
  expect(store.asked[1]).toHaveLength(2);
  expect(store.reads).toBe(1);
  expect(await namesIn(store, ledger)).toEqual(["first", "second"]);
  expect((await store.list(AUDIT_WRITERS, "", 9)).map(({ key, value }) => [key.sort, value])).toEqual([
    [ledger.writer, { since: 1_000 }],
  ]);
});

test("each process numbers its own records", async () => {
  const other = new AuditLedger({ store, clock });
  expect(other.writer).not.toBe(ledger.writer);
  await Promise.all([ledger.commit(act("a")), other.commit(act("b"))]);
  expect([await namesIn(store, ledger), await namesIn(store, other)]).toEqual([["a"], ["b"]]);
});

test("acts that come meanwhile go together, as many as one transaction takes", async () => {
  const acts = Array.from({ length: 201 }, (_, index) => act(`${index}`, write(`${index}`)));
  expect(new Set(await settled(acts))).toEqual(new Set(["done"]));
  // One alone, then 49 with 2 writes each beside the head and, before the writer is known, its entry.
  expect(store.asked.map(({ length }) => length)).toEqual([4, 99, 99, 99, 99, 9]);
  expect(await namesIn(store, ledger)).toEqual(acts.map(({ event }) => event.facts.name));
});

test("fails when too many acts wait", async () => {
  const acts = Array.from({ length: MOST_WAITING + 3 }, (_, index) => act(`${index}`));
  const results = await settled(acts);
  // The first is taken at once, and waits no more.
  expect(results.filter((result) => result === "done")).toHaveLength(MOST_WAITING + 1);
  expect(results.slice(-2)).toEqual([expect.any(StoreUnavailable), expect.any(StoreUnavailable)]);
  expect(await settled([act("later")])).toEqual(["done"]);
});

test("large acts go into several transactions", async () => {
  const large = (name: string): Act => act(name, { ...write(name), value: "x".repeat(380_000) } as Write);
  const acts = Array.from({ length: 12 }, (_, index) => large(`${index}`));
  expect(new Set(await settled(acts))).toEqual(new Set(["done"]));
  expect(store.asked.map((writes) => writes.filter(({ key }) => key.partition === "p").length)).toEqual([1, 4, 4, 3]);
});

test("an act whose condition does not hold fails with indexes of its own, and fails no other", async () => {
  await ledger.commit(act("taken", write("taken"), write("too")));
  const results = await settled([
    act("waits", write("w")),
    act("a", write("a")),
    act("loses", write("new"), write("taken"), write("newer"), write("too")),
    act("b", write("b")),
    act("misses", { kind: "check", key: { partition: "p", sort: "none" }, when: "present" }),
    act("nothing"),
  ]);
  expect(results).toEqual(["done", "done", expect.any(StoreConflict), "done", expect.any(StoreConflict), "done"]);
  expect([results[2], results[4]]).toMatchObject([{ failed: [1, 3] }, { failed: [0] }]);
  expect(await namesIn(store, ledger)).toEqual(["taken", "waits", "a", "b", "nothing"]);
  const keys = ["new", "newer", "a", "b"].map((sort) => ({ partition: "p", sort }));
  expect((await store.read(keys)).map((item) => item?.value)).toEqual([undefined, undefined, "a", "b"]);
});

test("of acts that want the same key the first wins, and the others are told so", async () => {
  const results = await settled([
    act("before"),
    act("first", write("k")),
    act("second", write("k")),
    act("third", write("k")),
  ]);
  expect(results).toMatchObject(["done", "done", { failed: [0] }, { failed: [0] }]);
  expect(await namesIn(store, ledger)).toEqual(["before", "first"]);
});

test("acts on the same key keep their order", async () => {
  const amount = (n: number): Write => ({ kind: "add", key: { partition: "p", sort: "n" }, amount: n, atMost: 9 });
  const wide = act("wide", amount(1), ...Array.from({ length: 90 }, (_, index) => write(`w${index}`)));
  const results = await settled([
    act("before", write("b")),
    act("many", ...Array.from({ length: 20 }, (_, index) => write(`m${index}`))),
    wide,
    act("narrow", amount(1)),
  ]);
  expect(results).toEqual(["done", "done", "done", "done"]);
  expect(await namesIn(store, ledger)).toEqual(["before", "many", "wide", "narrow"]);
});

test("acts in whose way others are go one by one, and the one that is still in the way is told so", async () => {
  store.before = (writes) => {
    if (writes.some(({ key }) => key.sort === "busy")) throw new StoreConflict([], "others were in the way");
  };
  const results = await settled([act("before"), act("a", write("a")), act("x", write("busy")), act("b", write("b"))]);
  expect(results).toMatchObject(["done", "done", { name: "StoreConflict", failed: [] }, "done"]);
  expect(await namesIn(store, ledger)).toEqual(["before", "a", "b"]);
});

describe("where nothing is known of a transaction", () => {
  const lost = new StoreUnavailable("no answer");

  test("fails for all waiting acts when the store does not answer, and goes on when it does again", async () => {
    await ledger.commit(act("before"));
    store.before = () => {
      throw lost;
    };
    expect(new Set(await settled([act("a"), act("b"), act("c")]))).toEqual(new Set([lost]));
    expect(store.asked).toHaveLength(2);
    store.before = () => undefined;
    await ledger.commit(act("after"));
    expect(await namesIn(store, ledger)).toEqual(["before", "after"]);
  });

  test("fails when the answer is lost, and the next record has the number behind what was written", async () => {
    await ledger.commit(act("before"));
    store.after = () => {
      throw lost;
    };
    expect(await settled([act("unknown")])).toEqual([lost]);
    store.after = () => undefined;
    await ledger.commit(act("after"));
    expect(await namesIn(store, ledger)).toEqual(["before", "unknown", "after"]);
  });

  test("the first transaction too may have been written", async () => {
    store.after = () => {
      throw lost;
    };
    expect(await settled([act("unknown")])).toEqual([lost]);
    store.after = () => undefined;
    await ledger.commit(act("after"));
    expect(await namesIn(store, ledger)).toEqual(["unknown", "after"]);
  });

  test("a transaction that arrives late is gone on behind, once", async () => {
    await ledger.commit(act("before"));
    let late: readonly Write[] = [];
    store.before = (writes) => {
      late = writes;
      throw lost;
    };
    expect(await settled([act("late")])).toEqual([lost]);
    // It arrives after the head was read and before the next is written.
    store.beforeNext(() => store.write(late));
    await ledger.commit(act("after"));
    expect(await namesIn(store, ledger)).toEqual(["before", "late", "after"]);
  });

  test("fails when the head cannot be read", async () => {
    store.reading = () => {
      throw lost;
    };
    expect(await settled([act("a"), act("b")])).toEqual([lost, lost]);
    expect(store.asked).toEqual([]);
  });

  test("fails when the head is never the one that was read", async () => {
    await ledger.commit(act("before"));
    const thief = new AuditLedger({ store: store, clock, writer: ledger.writer });
    let stealing = false;
    store.before = async () => {
      if (stealing) return;
      stealing = true;
      await thief.commit(act("stolen"));
      stealing = false;
    };
    expect(await settled([act("never")])).toMatchObject([{ name: "StoreConflict", failed: [] }]);
    expect(await namesIn(store, ledger)).toEqual(["before", "stolen", "stolen", "stolen"]);
  });
});

test.each<[string, Act, string]>([
  [
    "has too many writes",
    act("x", ...Array.from({ length: 98 }, (_, index) => write(`${index}`))),
    "an act must have at most 97 writes, got 98",
  ],
  ["names a key twice", act("x", write("a"), write("a")), "each key must stand in one write of an act only"],
  [
    "puts what is no JSON",
    act("x", { ...write("a"), value: NaN } as Write),
    "a value must be JSON, got NaN: leave it out, or write null",
  ],
  [
    "has facts that are no JSON",
    { writes: [], event: { kind: "k", time: 1, facts: { a: undefined as never } } },
    "value.facts.a must be JSON, got a undefined",
  ],
  [
    "has a huge event",
    { writes: [], event: { kind: "k", time: 1, facts: { a: "x".repeat(65_000) } } },
    "an event must have at most 64511 bytes, got 65038",
  ],
  [
    "is larger than a transaction",
    act(
      "x",
      ...Array.from({ length: 9 }, (_, index) => ({ ...write(`${index}`), value: "x".repeat(380_000) }) as Write),
    ),
    "an act must have at most 3143680 bytes, got 3422260",
  ],
])("fails when an act %s, and no other with it", async (_, wrong, message) => {
  const results = await settled([act("a"), wrong, act("b")]);
  expect(results).toEqual(["done", expect.any(Error), "done"]);
  expect((results[1] as Error).message).toBe(message);
  expect(await namesIn(store, ledger)).toEqual(["a", "b"]);
});

test("on a disk, the chain is sound after any failure, and holds exactly what was done", async () => {
  let count = 0;
  const fault = fc.constantFrom("none", "none", "none", "before", "after", "busy");
  const one = fc.record({ key: fc.integer({ min: 0, max: 5 }), pause: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { minLength: 1, maxLength: 30 }),
      fc.array(fault, { maxLength: 30 }),
      async (ones, faults) => {
        const level = await LevelStore.open(`${folder.path}/${count++}`, clock);
        const faulty = new FaultyStore(level);
        const next = faults.values();
        let now = "none";
        faulty.before = () => {
          now = next.next().value ?? "none";
          if (now === "before") throw new StoreUnavailable("before");
          if (now === "busy") throw new StoreConflict([], "busy");
        };
        faulty.after = () => {
          if (now === "after") throw new StoreUnavailable("after");
        };
        const chained = new AuditLedger({ store: faulty, clock });
        const results: Promise<unknown>[] = [];
        for (const [index, { key, pause }] of ones.entries()) {
          results.push(
            chained.commit(act(`${index}`, write(`k${key}`))).then(
              () => "done",
              (error: Error) => error.name,
            ),
          );
          if (pause) await results.at(-1);
        }
        const outcomes = await Promise.all(results);
        const names = await namesIn(level, chained);
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome === "done") expect(names).toContain(`${index}`);
          if (outcome === "StoreConflict") expect(names).not.toContain(`${index}`);
        }
        expect(new Set(names).size).toBe(names.length);
        // Each key was written by exactly one act of the chain.
        const keys = new Set(names.map((name) => ones[Number(name)]?.key));
        expect(keys.size).toBe(names.length);
        expect((await level.list("p", "", 99)).length).toBe(names.length);
        await level.close();
      },
    ),
    { numRuns: depth(60) },
  );
});

test("the head names the last record", async () => {
  await ledger.commit(act("a"));
  const { records, head } = await readWriter(store, ledger.writer);
  expect([head, records.length]).toEqual([{ sequence: 1 }, 1]);
  expect((await store.read([auditHeadKey(ledger.writer)]))[0]?.version).toBe(1);
  expect(await readWriter(store, "unknown")).toEqual({ records: [], head: { sequence: 0 } });
});

test("a record has the trace that its act names, or else that of the request under way, and none where the act has none", async () => {
  const [own, given] = ["a".repeat(32), "b".repeat(32)];
  const traced = new AuditLedger({ store, clock, trace: () => own });
  for (const trace of [undefined, given, null])
    await traced.commit({ ...act("x"), ...(trace !== undefined && { trace }) });
  await traced.commit({ writes: [], event: { kind: "test", time: 1_000, facts: {} } });
  const { records } = await readWriter(store, traced.writer);
  expect(records.map(({ facts }) => facts.trace)).toEqual([own, given, undefined, own]);
});
