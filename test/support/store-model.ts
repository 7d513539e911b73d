import { deepStrictEqual as equal } from "node:assert";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import {
  type Condition,
  type Item,
  type Key,
  type StateStore,
  StoreConflict,
  type Value,
  type Write,
} from "../../runtime/store/store";
import type { StoreUnderTest } from "./store-contract";

type Step =
  | { readonly kind: "write"; readonly writes: readonly Write[] }
  | { readonly kind: "list"; readonly prefix: string; readonly limit: number; readonly after: string | undefined }
  | { readonly kind: "wait"; readonly seconds: number };

const SORTS = ["a", "ab", "b", "b#"];
const EXPIRIES = 8;

/** A store as the contract describes it, in the fewest words */
class Model {
  private readonly items = new Map<string, Omit<Item, "key">>();

  public read(sort: string, now: number): Omit<Item, "key"> | undefined {
    const item = this.items.get(sort);
    return item?.expiresAt !== undefined && item.expiresAt <= now ? undefined : item;
  }

  public write(writes: readonly Write[], now: number): "written" | readonly number[] {
    const failed = [...writes.keys()].filter((index) => !this.possible(writes[index] as Write, now));
    if (failed.length > 0) return failed;
    for (const write of writes) {
      const { sort } = write.key;
      const before = this.read(sort, now);
      const version = (before?.version ?? 0) + 1;
      if (write.kind === "delete") this.items.delete(sort);
      if (write.kind !== "put" && write.kind !== "add") continue;
      const value = write.kind === "put" ? write.value : Number(before?.value ?? 0) + write.amount;
      this.items.set(sort, { value, version, ...(write.expiresAt !== undefined && { expiresAt: write.expiresAt }) });
    }
    return "written";
  }

  private possible(write: Write, now: number): boolean {
    const item = this.read(write.key.sort, now);
    if (write.kind === "add") {
      const value = item === undefined ? 0 : item.value;
      return typeof value === "number" && Number.isInteger(value) && value + write.amount <= write.atMost;
    }
    switch (write.when) {
      case "any":
        return true;
      case "absent":
        return item === undefined;
      case "present":
        return item !== undefined;
      default:
        return item?.version === write.when.version;
    }
  }
}

/** Indexes of the writes whose condition did not hold; "written" where all was */
export async function outcomeOf(writing: Promise<void>): Promise<"written" | readonly number[]> {
  try {
    await writing;
    return "written";
  } catch (error) {
    if (error instanceof StoreConflict) return error.failed;
    throw error;
  }
}

/** Steps in any order leave the store as they leave the model. */
export async function checkAgainstModel({ store, clock, rounds }: StoreUnderTest): Promise<void> {
  const begin = clock.now;
  await fc.assert(
    fc.asyncProperty(fc.array(stepOf(begin), { minLength: 1, maxLength: 20 }), async (steps) => {
      clock.now = begin;
      const partition = `model#${randomUUID()}`;
      const model = new Model();
      for (const step of steps) {
        if (step.kind === "wait") clock.now += step.seconds;
        if (step.kind === "list") await sameList(store, model, partition, step, clock.now);
        if (step.kind !== "write") continue;
        const writes = step.writes.map((write) => ({ ...write, key: { ...write.key, partition } }));
        equal(await outcomeOf(store.write(writes)), model.write(writes, clock.now));
        const keys = SORTS.map((sort): Key => ({ partition, sort }));
        const expected = keys.map((key) => withKey(key, model.read(key.sort, clock.now)));
        equal(await store.read(keys), expected);
      }
    }),
    { numRuns: rounds },
  );
  clock.now = begin;
}

async function sameList(
  store: StateStore,
  model: Model,
  partition: string,
  { prefix, limit, after }: Extract<Step, { kind: "list" }>,
  now: number,
): Promise<void> {
  const expected = SORTS.filter((sort) => sort.startsWith(prefix) && (after === undefined || sort > after))
    .flatMap((sort) => withKey({ partition, sort }, model.read(sort, now)) ?? [])
    .slice(0, limit);
  equal(await store.list(partition, prefix, limit, after), expected);
}

function withKey(key: Key, item: Omit<Item, "key"> | undefined): Item | undefined {
  return item && { key, ...item };
}

function stepOf(begin: number): fc.Arbitrary<Step> {
  const writes = fc.uniqueArray(writeOf(begin), { minLength: 1, maxLength: 3, selector: ({ key }) => key.sort });
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), writes }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 5 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("list" as const),
        prefix: fc.constantFrom("", "a", "b", "b#", "c"),
        limit: fc.integer({ min: 0, max: 5 }),
        after: fc.option(fc.constantFrom("a", "aa", "ab", "b", "z"), { nil: undefined }),
      }),
    },
  );
}

function writeOf(begin: number): fc.Arbitrary<Write> {
  const key = fc.constantFrom(...SORTS).map((sort) => ({ partition: "-", sort }));
  const when: fc.Arbitrary<Condition> = fc.oneof(
    fc.constantFrom("any" as const, "absent" as const, "present" as const),
    fc.record({ version: fc.integer({ min: 1, max: 3 }) }),
  );
  const value: fc.Arbitrary<Value> = fc.constantFrom<Value>(0, 3, -2, 1.5, "3", "text", null, { a: [1] });
  const expiresAt = fc.integer({ min: 0, max: EXPIRIES }).map((seconds) => begin + seconds);
  const until = fc.record({ expiresAt }, { requiredKeys: [] });
  const amounts = fc.record({ amount: fc.integer({ min: -3, max: 5 }), atMost: fc.integer({ min: -1, max: 6 }) });
  return fc.oneof(
    fc
      .tuple(key, value, when, until)
      .map(([key, value, when, until]) => ({ kind: "put" as const, key, value, when, ...until })),
    fc.tuple(key, amounts, until).map(([key, amounts, until]) => ({ kind: "add" as const, key, ...amounts, ...until })),
    fc
      .tuple(fc.constantFrom("check" as const, "delete" as const), key, when)
      .map(([kind, key, when]) => ({ kind, key, when })),
  );
}
