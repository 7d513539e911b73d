import fc from "fast-check";
import type { User } from "../../../domain";
import type { Value } from "../../../runtime/json";
import { newRunWrite, readRun } from "../../../runtime/session/runs";
import { keyOf, revocationFacts, revocationOf, revoke } from "../../../runtime/session/revocations";
import {
  approvalKey,
  auditRecordKey,
  budgetKey,
  endedLoginsKey,
  openApprovalsKey,
  runKey,
  sessionKey,
} from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { PersonKeys } from "../../../runtime/store/persons/person-keys";
import { PersonStore } from "../../../runtime/store/persons/person-store";
import { type Key, StoreUnavailable } from "../../../runtime/store/store";
import { userDigest } from "../../../runtime/store/user-digest";
import { depth } from "../../support/depth";
import { NOW, runOf } from "../../support/exchange/sessions";
import { CONTRACT_TIME, STORE_CONTRACT } from "../../support/store-contract";

const ALICE = { issuer: "https://login.acme.example", subject: "alice-4711" };
const CAROL = { issuer: "https://login.acme.example", subject: "carol-4712" };
const EPOCH = 1;
const REQUEST = `sha256:${"ab".repeat(32)}`;

class World {
  public readonly kept = new MemoryStore(() => NOW);
  public keys!: PersonKeys;
  public store!: PersonStore;

  private constructor(public readonly keyStore = new MemoryStore()) {}

  public static async make(): Promise<World> {
    const world = new World();
    world.keys = await PersonKeys.open({ store: world.keyStore });
    world.store = await PersonStore.open(world.kept, world.keys, () => NOW);
    return world;
  }

  public async put(key: Key, value: Value): Promise<void> {
    await this.store.write([{ kind: "put", key, value, when: "any" }]);
  }

  public async value(key: Key): Promise<Value | undefined> {
    return (await this.store.read([key]))[0]?.value;
  }

  /** All that lies there, as a backup has it */
  public bytes(of: MemoryStore = this.kept): string {
    return JSON.stringify(of.dump());
  }

  public erase(user: User): Promise<void> {
    return this.keys.erase({ user: userDigest(user) });
  }
}

/** A person within a person, so deep */
function nested(depth: number): Value {
  return { issuer: "i", subject: "s", ...(depth > 1 && { within: nested(depth - 1) }) };
}

/** What would name a person */
function namesOf({ issuer, subject }: User): readonly string[] {
  const digest = userDigest({ issuer, subject });
  const bytes = Buffer.from(digest, "base64url");
  return [subject, `${subject}@acme.example`, digest, bytes.toString("hex"), bytes.toString("base64")];
}

function found(bytes: string, user: User): readonly string[] {
  return namesOf(user).filter((name) => bytes.includes(name));
}

describe("PersonStore", () => {
  test.each(STORE_CONTRACT)("%s", async (_, check) => {
    const clock = { now: CONTRACT_TIME };
    const keys = await PersonKeys.open({ store: new MemoryStore() });
    const store = await PersonStore.open(new MemoryStore(() => clock.now), keys);
    await check({ store, clock, rounds: depth(100) });
  });
});

const user = userDigest(ALICE);
const KEYS: readonly (readonly [string, Key])[] = [
  ["a session", sessionKey(EPOCH, { agent: "a", whose: user })],
  ["a budget", budgetKey(EPOCH, { agent: "a", user: ALICE }, "t", "b", "w")],
  ["ended logins", endedLoginsKey(ALICE)],
  ["a stop", keyOf({ kind: "user", user: ALICE })],
  ["requests that are open", openApprovalsKey(EPOCH, user)],
  ["the request of an approval", approvalKey(EPOCH, REQUEST)],
];

test.each(KEYS)("the key of %s names no person, and is found by the person", async (_, key) => {
  const world = await World.make();
  await world.put(key, { n: 1 });
  expect(await world.store.read([key])).toMatchObject([{ key, value: { n: 1 } }]);
  const bytes = world.bytes();
  expect([...found(bytes, ALICE), bytes.includes("ab".repeat(32))]).toEqual([false]);
  // Without the store in between it is there.
  await world.kept.write([{ kind: "put", key, value: { n: 1 }, when: "any" }]);
  const plain = world.bytes();
  expect(found(plain, ALICE).length + Number(plain.includes("ab".repeat(32)))).toBeGreaterThan(0);
});

test.each([
  ["a handle", approvalKey(EPOCH, "h".repeat(43))],
  ["a transaction", sessionKey(EPOCH, { agent: "a", whose: "txn.t" })],
  ["a run", runKey(EPOCH, "r")],
  ["a record of the log", auditRecordKey("w", 1)],
])("the key of %s stays as it is", async (_, key) => {
  const world = await World.make();
  await world.put(key, { n: 1 });
  expect(await world.kept.read([key])).toMatchObject([{ value: { n: 1 } }]);
});

const APPROVAL = {
  handle: "h",
  request: { user: ALICE, arguments: { to: "alice-4711@acme.example" } },
  user: ALICE,
  asking: { userEmail: "alice-4711@acme.example" },
  approvals: [{ by: CAROL, email: "carol-4712@acme.example", at: 1 }],
  decision: null,
};
const SESSION = { ...CAROL, email: "carol-4712@acme.example", groups: ["leads"], secret: "s" };

test.each<readonly [string, Value, readonly User[]]>([
  ["a run", { run: "r", user: ALICE, userEmail: "alice-4711@acme.example" }, [ALICE]],
  ["a request that people decide on", APPROVAL, [ALICE, CAROL]],
  ["a request of an agent by itself", { ...APPROVAL, user: null, request: {}, asking: { userEmail: null } }, [CAROL]],
  ["a browser in which a person is signed in", SESSION, [CAROL]],
])("the value of %s tells nothing of a person, and is read as it was", async (_, value, persons) => {
  const world = await World.make();
  const key = runKey(EPOCH, "x");
  await world.put(key, value);
  expect(await world.value(key)).toEqual(value);
  expect(persons.flatMap((person) => found(world.bytes(), person))).toEqual([]);
  await world.kept.write([{ kind: "put", key, value, when: "any" }]);
  for (const person of persons) expect(found(world.bytes(), person)).not.toEqual([]);
});

test("items written for an erased person are gone, for each person in them", async () => {
  for (const erased of [ALICE, CAROL]) {
    const world = await World.make();
    const key = approvalKey(EPOCH, "h");
    await world.put(key, APPROVAL);
    await world.erase(erased);
    expect(await world.value(key)).toBeUndefined();
    expect(await world.store.list(key.partition, "", 10)).toEqual([]);
  }
});

test("a key that the person has anew opens nothing of before", async () => {
  const world = await World.make();
  const key = runKey(EPOCH, "r");
  await world.put(key, { user: ALICE });
  await world.erase(ALICE);
  await world.put(runKey(EPOCH, "s"), { user: ALICE });
  expect([await world.value(key), await world.value(runKey(EPOCH, "s"))]).toEqual([undefined, { user: ALICE }]);
});

test("a value that lies at another key than it was written to is not there", async () => {
  const world = await World.make();
  await world.put(runKey(EPOCH, "r"), { user: ALICE });
  const [item] = await world.kept.read([runKey(EPOCH, "r")]);
  await world.kept.write([{ kind: "put", key: runKey(EPOCH, "s"), value: item?.value as Value, when: "any" }]);
  expect(await world.value(runKey(EPOCH, "s"))).toBeUndefined();
});

test("a run is read as it began, and is over once its user is erased", async () => {
  const world = await World.make();
  const run = runOf("front", { run: "r", txn: "r", user: ALICE });
  const state = { store: world.store, epoch: EPOCH };
  await world.store.write([newRunWrite(EPOCH, run)]);
  expect((await readRun(state, "r"))?.run).toEqual(run);
  await world.erase(ALICE);
  expect(await readRun(state, "r")).toBeUndefined();
});

test("a stop of a user and its operator are named as long as their keys are there; the stop holds without", async () => {
  const world = await World.make();
  const said = { why: "INC-7", by: CAROL, at: 1, user: ALICE };
  const stop = { kind: "user", user: ALICE } as const;
  const isStopped = async () =>
    (await revocationFacts(world.store, { ...runOf("front", { user: ALICE }) }, [])).revoked.includes("user");
  await world.store.write([revoke(stop, said, undefined)]);
  expect(revocationOf({ value: (await world.value(keyOf(stop))) as Value })).toEqual(said);
  expect([...found(world.bytes(), ALICE), ...found(world.bytes(), CAROL)]).toEqual([]);
  await world.erase(ALICE);
  await world.erase(CAROL);
  const left = { why: "INC-7", by: "a person who was erased", at: 1 };
  expect(revocationOf({ value: (await world.value(keyOf(stop))) as Value })).toEqual(left);
  expect(await world.store.list("revoked", "", 10)).toMatchObject([{ value: left, text: JSON.stringify(left) }]);
  expect(await isStopped()).toBe(true);
});

test("what is written fails when the person's key cannot be read, but for a stop", async () => {
  const world = await World.make();
  world.keyStore.read = () => Promise.reject(new StoreUnavailable("down"));
  await expect(world.put(runKey(EPOCH, "r"), { user: ALICE })).rejects.toThrow(StoreUnavailable);
  const stop = { kind: "user", user: ALICE } as const;
  await world.store.write([revoke(stop, { why: "w", by: CAROL, at: 1, user: ALICE }, undefined)]);
  expect(await world.value(keyOf(stop))).toEqual({ why: "w", by: "a person who was erased", at: 1 });
  expect([...found(world.bytes(), ALICE), ...found(world.bytes(), CAROL)]).toEqual([]);
});

test("what is read fails when the person's key cannot be read, but for a stop", async () => {
  const world = await World.make();
  const stop = { kind: "user", user: ALICE } as const;
  await world.put(runKey(EPOCH, "r"), { user: ALICE });
  await world.store.write([revoke(stop, { why: "w", by: CAROL, at: 1, user: ALICE }, undefined)]);
  const fresh = await PersonKeys.open({ store: world.keyStore });
  const store = await PersonStore.open(world.kept, fresh);
  world.keyStore.read = () => Promise.reject(new StoreUnavailable("down"));
  await expect(store.read([runKey(EPOCH, "r")])).rejects.toThrow(StoreUnavailable);
  expect(await store.read([keyOf(stop)])).toMatchObject([{ value: { why: "w", at: 1 } }]);
});

test("keys that an item names are those at which others lie", async () => {
  const world = await World.make();
  const counter = budgetKey(EPOCH, { agent: "a", user: ALICE }, "t", "b", "w");
  const key: Key = { partition: "tokens#1#r", sort: "reserved#1" };
  await world.put(counter, 7);
  await world.put(key, [{ ...counter, amount: 5 }]);
  expect(found(world.bytes(), ALICE)).toEqual([]);
  const [{ partition, sort }] = (await world.value(key)) as unknown as [Key];
  expect(await world.value({ partition, sort })).toBe(7);
});

test("records of the log are written as they are", async () => {
  const world = await World.make();
  const record = { facts: { by: { issuer: "a", subject: "b" } } };
  await world.put(auditRecordKey("w", 1), record);
  expect(await world.kept.read([auditRecordKey("w", 1)])).toMatchObject([{ value: record }]);
});

test("stops of users that were named by digests before are found, by exchanges of before too, and a day later no digest is left", async () => {
  const world = await World.make();
  const stop = { kind: "user", user: ALICE } as const;
  let now = 1_000;
  const kept = new MemoryStore(() => now);
  await kept.write([
    revoke(stop, { why: "w", by: CAROL, at: 1, user: ALICE }, undefined),
    revoke({ kind: "agent", id: "a" }, { why: "w", by: "k", at: 1 }, undefined),
  ]);
  const both = [{ value: { why: "w", by: CAROL, user: ALICE } }, { value: { why: "w", by: "k" } }];
  for (const later of [0, 86_399, 1]) {
    now += later;
    const store = await PersonStore.open(kept, world.keys, () => now);
    expect(await store.read([keyOf(stop), keyOf({ kind: "agent", id: "a" })])).toMatchObject(both);
    expect((await kept.read([keyOf(stop)]))[0] === undefined).toBe(now >= 87_400);
  }
  expect(found(world.bytes(kept), ALICE)).toEqual([]);
});

test("what an exchange of before stops while both run is stopped, until it is restored", async () => {
  const world = await World.make();
  const stop = { kind: "user", user: ALICE } as const;
  await world.kept.write([revoke(stop, { why: "w", by: "k", at: 1 }, undefined)]);
  const [item] = await world.store.read([keyOf(stop)]);
  expect(item?.value).toMatchObject({ why: "w" });
  await world.store.write([{ kind: "delete", key: keyOf(stop), when: { version: item?.version as number } }]);
  expect(await world.store.read([keyOf(stop)])).toEqual([undefined]);
  expect(await world.kept.read([keyOf(stop)])).toEqual([undefined]);
});

test("logins that an exchange of before ended have ended, up to the later time of both", async () => {
  const world = await World.make();
  const [key, at] = [endedLoginsKey(ALICE), NOW];
  const ended = (before: number) => ({ kind: "put", key, value: { before, at }, when: "any" }) as const;
  await world.kept.write([ended(5)]);
  expect(await world.value(key)).toEqual({ before: 5, at });
  await world.store.write([ended(9)]);
  expect(await world.value(key)).toEqual({ before: 9, at });
  await world.kept.write([ended(12)]);
  expect(await world.value(key)).toEqual({ before: 12, at });
});

test.each<readonly [string, Value]>([
  [
    "tells of more persons than any item does",
    Array.from({ length: 17 }, (_, at) => ({ issuer: "i", subject: `${at}` })),
  ],
  ["tells of persons within persons", nested(4)],
])("fails when an item %s, before a key is made", async (_, value) => {
  const world = await World.make();
  const before = world.bytes(world.keyStore);
  await expect(world.put(runKey(EPOCH, "r"), value)).rejects.toThrow("an item must tell of at most 16 persons, 3 deep");
  expect(world.bytes(world.keyStore)).toBe(before);
});

test.each(["abc", `${"a".repeat(43)}.`, `${"a".repeat(3_000)}.b`, `${"a".repeat(43)}.b.c`, "."])(
  "a text that nothing was sealed in is read as it is: %s",
  async (sealed) => {
    const world = await World.make();
    await world.put(runKey(EPOCH, "r"), { x: { sealed } });
    expect(await world.value(runKey(EPOCH, "r"))).toEqual({ x: { sealed } });
  },
);

test("fails when the keys are not those that the state was written by: no stop of a user would be found", async () => {
  const world = await World.make();
  const others = await PersonKeys.open({ store: new MemoryStore() });
  await expect(PersonStore.open(world.kept, others)).rejects.toThrow(
    "persons must be the keys by which the state names users, got others, by which no stop of a user would be found",
  );
  await PersonStore.open(world.kept, await PersonKeys.open({ store: world.keyStore }));
});

type Move = readonly ["erase" | "restore" | "run" | "stop", number];
const MOVES = fc.array(
  fc.tuple(fc.constantFrom("erase" as const, "restore" as const, "run" as const, "stop" as const), fc.nat(2)),
  { maxLength: 40 },
);

test("after any acts in any order, stops hold, and nothing is left of an erased person", async () => {
  await fc.assert(
    fc.asyncProperty(MOVES, async (moves: readonly Move[]) => {
      const world = await World.make();
      const of = (who: number): User => ({ issuer: ALICE.issuer, subject: `person-${who}-of-them` });
      const stopped = new Set<number>();
      const runs: { readonly id: string; readonly who: number }[] = [];
      const erased = new Set<string>();
      for (const [move, who] of moves) {
        const stop = { kind: "user", user: of(who) } as const;
        if (move === "stop") {
          await world.store.write([revoke(stop, { why: "w", by: of(0), at: 1, user: of(who) }, undefined)]);
          stopped.add(who);
        } else if (move === "restore") {
          await world.store.write([{ kind: "delete", key: keyOf(stop), when: "any" }]);
          stopped.delete(who);
        } else if (move === "run") {
          const id = `r-${runs.length}`;
          runs.push({ id, who });
          await world.put(runKey(EPOCH, id), { user: { ...of(who) } });
        } else {
          await world.erase(of(who));
          for (const { id } of runs.filter((run) => run.who === who)) erased.add(id);
        }
        const bytes = world.bytes();
        for (const each of [0, 1, 2]) {
          expect(found(bytes, of(each))).toEqual([]);
          const { revoked } = await revocationFacts(world.store, runOf("front", { user: of(each) }), []);
          expect(revoked.includes("user")).toBe(stopped.has(each));
        }
        for (const { id, who: whose } of runs) {
          const expected = erased.has(id) ? undefined : { user: of(whose) };
          expect(await world.value(runKey(EPOCH, id))).toEqual(expected);
        }
      }
    }),
    { numRuns: depth(200) },
  );
});
