import { deepStrictEqual as equal } from "node:assert";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Value } from "../../runtime/json";
import { type Condition, type Key, StoreConflict, type Write } from "../../runtime/store/store";
import { PlainStore } from "./plain-store";
import type { StoreUnderTest } from "./store-contract";

type Step =
  | { readonly kind: "write"; readonly writes: readonly Write[] }
  | { readonly kind: "list"; readonly prefix: string; readonly limit: number; readonly after: string | undefined }
  | { readonly kind: "wait"; readonly seconds: number };

const SORTS = ["a", "ab", "b", "b#"];
const EXPIRIES = 8;

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
      const model = new PlainStore(() => clock.now);
      for (const step of steps) {
        if (step.kind === "wait") clock.now += step.seconds;
        if (step.kind === "list") {
          const { prefix, limit, after } = step;
          equal(await store.list(partition, prefix, limit, after), await model.list(partition, prefix, limit, after));
        }
        if (step.kind !== "write") continue;
        const writes = step.writes.map((write) => ({ ...write, key: { ...write.key, partition } }));
        equal(await outcomeOf(store.write(writes)), await outcomeOf(model.write(writes)));
        const keys = SORTS.map((sort): Key => ({ partition, sort }));
        equal(await store.read(keys), await model.read(keys));
      }
    }),
    { numRuns: rounds },
  );
  clock.now = begin;
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
