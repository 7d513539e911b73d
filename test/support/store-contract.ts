import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Value } from "../../runtime/json";
import { type Key, STORE_LIMITS, type StateStore, type Write } from "../../runtime/store/store";
import { ANY_CHARACTER } from "./any-character";
import { checkAgainstModel, outcomeOf } from "./store-model";

/** A store to be checked, with the clock that it looks at */
export interface StoreUnderTest {
  readonly store: StateStore;
  /** Whole seconds since the epoch */
  readonly clock: { now: number };
  /** Rounds of each property */
  readonly rounds: number;
}

/** Far from the present, so that nothing else than the clock makes anything expire */
export const CONTRACT_TIME = 2_000_000_000;

const put = (
  key: Key,
  value: Value,
  more: { when?: Extract<Write, { kind: "put" }>["when"]; expiresAt?: number } = {},
): Write => ({
  kind: "put",
  key,
  value,
  when: "any",
  ...more,
});
const add = (key: Key, amount: number, atMost: number, expiresAt?: number): Write => ({
  kind: "add",
  key,
  amount,
  atMost,
  ...(expiresAt !== undefined && { expiresAt }),
});

/** An unused key */
const newKey = (sort = "s"): Key => ({ partition: `contract#${randomUUID()}`, sort });

/** Again while other transactions are in the way */
async function insisting(write: () => Promise<void>): Promise<"written" | readonly number[]> {
  for (;;) {
    const outcome = await outcomeOf(write());
    if (outcome === "written" || outcome.length > 0) return outcome;
  }
}

const valueOf = async (store: StateStore, key: Key): Promise<Value | undefined> => (await store.read([key]))[0]?.value;

/** What every store must do, by the sentence that says it. */
export const STORE_CONTRACT: readonly (readonly [string, (under: StoreUnderTest) => Promise<void>])[] = [
  ["reads in the order asked for, each key as often as it is asked for", readsInOrder],
  ["keeps every JSON value as it is", keepsValues],
  ["keeps keys apart that look alike", keepsKeysApart],
  ["writes only where the condition holds", checksConditions],
  ["takes what has expired for absent", expires],
  ["fails with the index of every write whose condition does not hold, and writes nothing", isAtomic],
  ["adds up to the limit, and no further", addsUp],
  ["lists a part of a partition in the order of UTF-8, page by page", lists],
  ["refuses what no store takes", refuses],
  ["takes a transaction of the largest size", takesLargest],
  ["lets one of many win a key", lets(20)],
  ["adds from many sides to the same number", addsTogether],
  ["does what a simple map does, for all operations in all orders", (under) => checkAgainstModel(under)],
  ["has one name", hasOneName],
];

async function readsInOrder({ store }: StoreUnderTest): Promise<void> {
  const [a, b, none] = [newKey(), newKey(), newKey()];
  await store.write([put(a, "a"), put(b, "b", { expiresAt: CONTRACT_TIME + 9 })]);
  equal(await store.read([]), []);
  equal(await store.read([b, none, a, b]), [
    { key: b, value: "b", version: 1, expiresAt: CONTRACT_TIME + 9 },
    undefined,
    { key: a, value: "a", version: 1 },
    { key: b, value: "b", version: 1, expiresAt: CONTRACT_TIME + 9 },
  ]);
  const many = Array.from({ length: STORE_LIMITS.writes }, (_, index) => ({ ...a, sort: `${index}` }));
  await store.write(many.map((key, index) => put(key, index)));
  equal(
    (await store.read(many)).map((item) => item?.value),
    [...many.keys()],
  );
}

async function keepsValues({ store, rounds }: StoreUnderTest): Promise<void> {
  const key = newKey();
  const kept = async (value: Value): Promise<void> => {
    await store.write([put(key, value)]);
    equal(await valueOf(store, key), JSON.parse(JSON.stringify(value)));
  };
  const strange = [
    '{"__proto__":{"a":1}}',
    '"\\ud800"',
    '"\\u0000\\u2028"',
    "1e308",
    "-0.1",
    "9007199254740993",
    '{"toJSON":1}',
    '""',
    "{}",
    "[]",
  ];
  for (const text of strange) await kept(JSON.parse(text));
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ stringUnit: ANY_CHARACTER }), async (value) => kept(value as Value)),
    { numRuns: rounds },
  );
}

async function keepsKeysApart({ store }: StoreUnderTest): Promise<void> {
  const { partition } = newKey();
  const keys = [
    { partition, sort: "ab" },
    { partition: `${partition}a`, sort: "b" },
    { partition, sort: "a\u0000b" },
    { partition, sort: "AB" },
    { partition, sort: "a b" },
    { partition, sort: "\u00e9" },
    { partition, sort: "e\u0301" },
  ];
  await store.write(keys.map((key, index) => put(key, index, { when: "absent" })));
  equal(
    (await store.read(keys)).map((item) => item?.value),
    [...keys.keys()],
  );
  equal(
    (await store.list(`${partition}a`, "", 10)).map(({ value }) => value),
    [1],
  );
}

async function checksConditions({ store }: StoreUnderTest): Promise<void> {
  const key = newKey();
  const tried = (when: Extract<Write, { kind: "put" }>["when"], kind: "check" | "delete" = "check") =>
    outcomeOf(store.write([{ kind, key, when }]));
  const all = async () =>
    Promise.all((["any", "absent", "present", { version: 1 }, { version: 2 }] as const).map((when) => tried(when)));
  const [yes, no] = ["written", [0]] as const;
  equal(await all(), [yes, yes, no, no, no]);
  equal(await outcomeOf(store.write([put(key, 1, { when: "present" })])), no);
  equal(await outcomeOf(store.write([put(key, 1, { when: "absent" })])), yes);
  equal(await all(), [yes, no, yes, yes, no]);
  equal(await outcomeOf(store.write([put(key, 2, { when: { version: 2 } })])), no);
  equal(await outcomeOf(store.write([put(key, 2, { when: { version: 1 } })])), yes);
  equal(await all(), [yes, no, yes, no, yes]);
  equal(await tried({ version: 1 }, "delete"), no);
  equal(await tried({ version: 2 }, "delete"), yes);
  equal(await all(), [yes, yes, no, no, no]);
  equal(await tried("any", "delete"), yes);
  equal(await tried("present", "delete"), no);
  await store.write([put(key, 3)]);
  equal(await store.read([key]), [{ key, value: 3, version: 1 }]);
}

async function expires({ store, clock }: StoreUnderTest): Promise<void> {
  const [key, count, fresh] = [newKey(), newKey(), newKey()];
  const until = clock.now + 10;
  await store.write([put(key, "old", { expiresAt: until }), add(count, 5, 5, until), put(fresh, 1)]);
  clock.now = until - 1;
  equal([await valueOf(store, key), await valueOf(store, count)], ["old", 5]);
  equal(await outcomeOf(store.write([put(key, "new", { when: "absent" }), add(count, 1, 5)])), [0, 1]);
  clock.now = until;
  equal(await store.read([key, count]), [undefined, undefined]);
  equal(await store.list(key.partition, "", 10), []);
  const gone = (["present", { version: 1 }] as const).map((when) =>
    outcomeOf(store.write([{ kind: "check", key, when }])),
  );
  equal(await Promise.all(gone), [[0], [0]]);
  equal(await outcomeOf(store.write([put(key, "x", { when: "present" }), add(count, 6, 5)])), [0, 1]);
  // What takes the place of something that has expired begins anew, in one transaction with what goes on.
  await store.write([put(key, "new"), add(count, 2, 5), add(fresh, 1, 2)]);
  equal(
    (await store.read([key, count, fresh])).map((item) => [item?.value, item?.version, item?.expiresAt]),
    [
      ["new", 1, undefined],
      [2, 1, undefined],
      [2, 2, undefined],
    ],
  );
}

async function isAtomic({ store }: StoreUnderTest): Promise<void> {
  const [a, b, c, d] = [newKey(), newKey(), newKey(), newKey()];
  await store.write([put(a, 1), put(b, 1)]);
  const writes: Write[] = [
    put(a, 2),
    put(b, 2, { when: "absent" }),
    put(c, 2),
    { kind: "check", key: d, when: "present" },
  ];
  equal(await outcomeOf(store.write(writes)), [1, 3]);
  equal(
    (await store.read([a, b, c, d])).map((item) => item?.value),
    [1, 1, undefined, undefined],
  );
  equal(
    await outcomeOf(store.write([put(c, 2), { kind: "delete", key: a, when: { version: 2 } }, add(d, 2, 1)])),
    [1, 2],
  );
  equal(
    (await store.read([a, c, d])).map((item) => item?.value),
    [1, undefined, undefined],
  );
  await store.write([
    put(c, 2),
    { kind: "delete", key: a, when: "present" },
    { kind: "check", key: b, when: "present" },
    add(d, 1, 1),
  ]);
  equal(
    (await store.read([a, b, c, d])).map((item) => item?.value),
    [undefined, 1, 2, 1],
  );
}

async function addsUp({ store }: StoreUnderTest): Promise<void> {
  const [key, text, large] = [newKey(), newKey(), newKey()];
  equal(await outcomeOf(store.write([add(key, 4, 3)])), [0]);
  for (const amount of [2, 1]) equal(await outcomeOf(store.write([add(key, amount, 3)])), "written");
  equal(await outcomeOf(store.write([add(key, 1, 3)])), [0]);
  equal(await store.read([key]), [{ key, value: 3, version: 2 }]);
  equal(await outcomeOf(store.write([add(key, -5, 3)])), "written");
  equal(await outcomeOf(store.write([add(key, 5, 3)])), "written");
  await store.write([put(text, "3"), put(large, Number.MAX_SAFE_INTEGER - 1)]);
  equal(await outcomeOf(store.write([add(text, 1, 9), add(large, 2, Number.MAX_SAFE_INTEGER)])), [0, 1]);
  await store.write([add(large, 1, Number.MAX_SAFE_INTEGER)]);
  equal(await valueOf(store, large), Number.MAX_SAFE_INTEGER);
}

async function lists({ store }: StoreUnderTest): Promise<void> {
  const { partition } = newKey();
  // In the order of UTF-8 bytes, which is not that of UTF-16 for the last two.
  const sorts = ["a", "a#", "a#1", "a#10", "a#2", "b", "\u00e9", "\ufffd", "\u{1f600}"];
  await store.write([...sorts].reverse().map((sort) => put({ partition, sort }, sort)));
  const found = async (...args: [string, number, string?]) =>
    (await store.list(partition, ...args)).map(({ key }) => key.sort);
  equal(await found("", 100), sorts);
  equal(await found("a#", 100), ["a#", "a#1", "a#10", "a#2"]);
  equal(await found("a#", 2), ["a#", "a#1"]);
  equal(await found("a#", 2, "a#1"), ["a#10", "a#2"]);
  equal(await found("a#", 2, "a#2"), []);
  equal(await found("a#", 2, "a#15"), ["a#2"]);
  equal(await found("a#", 1, "a"), ["a#"]);
  equal(await found("a#", 1, "b"), []);
  equal(await found("c", 1), []);
  equal(await found("", 0), []);
  const paged: string[] = [];
  for (let page = await found("", 2); page.length > 0; page = await found("", 2, paged.at(-1))) paged.push(...page);
  equal(paged, sorts);
}

async function refuses({ store }: StoreUnderTest): Promise<void> {
  const key = newKey();
  const refused = (writes: readonly Write[], message: string) => rejects(store.write(writes), { message });
  await refused([], "a transaction must have 1 to 100 writes, got 0");
  await refused(
    Array.from({ length: 101 }, () => put(newKey(), 1)),
    "a transaction must have 1 to 100 writes, got 101",
  );
  await refused(
    [put(key, 1), { kind: "check", key, when: "any" }],
    "each key must stand in one write of a transaction only",
  );
  await refused([put({ ...key, sort: "" }, 1)], "sort must have 1 to 1024 bytes, got 0");
  await refused([put({ ...key, sort: "\u00e9".repeat(513) }, 1)], "sort must have 1 to 1024 bytes, got 1026");
  await refused([put({ ...key, partition: "p".repeat(2_049) }, 1)], "partition must have 1 to 2048 bytes, got 2049");
  await refused([put({ ...key, sort: "\ud800" }, 1)], 'sort must be sound Unicode, got "\\ud800"');
  await refused(
    [put(key, { a: [undefined] } as never)],
    "a value at .a[0] must be JSON, got undefined: leave it out, or write null",
  );
  await refused(
    [put(key, { at: new Date(0) } as never)],
    "a value at .at must be JSON, got a Date: leave it out, or write null",
  );
  await refused([put(key, NaN)], "a value must be JSON, got NaN: leave it out, or write null");
  await refused([put(key, 1, { expiresAt: 1.5 })], "expiresAt must be a whole number, got 1.5");
  await refused([add(key, 0.5, 1)], "amount must be a whole number, got 0.5");
  await refused([add(key, 1, Infinity)], "atMost must be a whole number, got Infinity");
  await refused([put(key, 1, { when: { version: 0.5 } })], "version must be a whole number, got 0.5");
  const large = "x".repeat(STORE_LIMITS.valueBytes - 1);
  await refused([put(key, large)], "a value must have at most 393216 bytes of JSON, got 393217 (contract)");
  await rejects(
    store.write(Array.from({ length: 9 }, () => put(newKey(), large.slice(2)))),
    /^RangeError: a transaction must have at most 3145728 bytes, got \d+$/,
  );
  await rejects(store.read(Array.from({ length: 101 }, () => key)), {
    message: "at most 100 keys are read at once, got 101",
  });
  equal(await store.read([key]), [undefined]);
}

async function takesLargest({ store }: StoreUnderTest): Promise<void> {
  const largest = "x".repeat(STORE_LIMITS.valueBytes - 2);
  const key = { partition: `${newKey().partition}${"p".repeat(2_003)}`.slice(0, 2_048), sort: "s".repeat(1_024) };
  await store.write([put(key, largest), ...Array.from({ length: 99 }, () => put(newKey(), "x".repeat(20_000)))]);
  ok((await valueOf(store, key)) === largest, "the largest value comes back as it was");
}

function lets(racers: number) {
  return async ({ store }: StoreUnderTest): Promise<void> => {
    const key = newKey();
    const race = Array.from({ length: racers }, (_, racer) =>
      insisting(() => store.write([put(key, racer, { when: "absent" })])),
    );
    const outcomes = await Promise.all(race);
    equal(outcomes.filter((outcome) => outcome === "written").length, 1);
    equal(await valueOf(store, key), outcomes.indexOf("written"));
  };
}

async function addsTogether({ store }: StoreUnderTest): Promise<void> {
  const key = newKey();
  const adding = Array.from({ length: 20 }, () => insisting(() => store.write([add(key, 1, 15)])));
  const outcomes = await Promise.all(adding);
  equal(outcomes.filter((outcome) => outcome === "written").length, 15);
  equal(await store.read([key]), [{ key, value: 15, version: 15 }]);
}

async function hasOneName({ store }: StoreUnderTest): Promise<void> {
  const name = await store.identity();
  ok(name.length > 8, "the name is more than a kind");
  equal(await store.identity(), name);
}
