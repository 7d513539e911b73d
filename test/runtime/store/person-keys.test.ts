import fc from "fast-check";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { KEY_SECONDS, type PersonKey, PersonKeys } from "../../../runtime/store/persons/person-keys";
import { type StateStore, StoreUnavailable } from "../../../runtime/store/store";
import { userDigest } from "../../../runtime/store/user-digest";
import { depth } from "../../support/depth";

const ALICE = { user: userDigest({ issuer: "https://login.example", subject: "alice" }) };
const BOB = { user: userDigest({ issuer: "https://login.example", subject: "bob" }) };

class World {
  public readonly store = new MemoryStore();
  public now = 0;
  public reads = 0;
  public down = false;

  public keys(): Promise<PersonKeys> {
    return PersonKeys.open({ store: this.counted(), elapsed: () => this.now });
  }

  private counted(): StateStore {
    const { store } = this;
    const up = (): void => {
      if (this.down) throw new StoreUnavailable("down");
    };
    return {
      identity: () => store.identity(),
      read: async (keys) => {
        up();
        this.reads += 1;
        return store.read(keys);
      },
      list: (...args) => store.list(...args),
      write: async (writes) => {
        up();
        return store.write(writes);
      },
      close: () => store.close(),
    };
  }
}

test("a person has one key in every process, made when the person is first named", async () => {
  const world = new World();
  const [one, other] = [await world.keys(), await world.keys()];
  const made = await Promise.all([one.keyOf(ALICE), other.keyOf(ALICE), one.keyOf(ALICE)]);
  expect(new Set(made.map(({ pseudonym }) => pseudonym)).size).toBe(1);
  expect(made[0]?.secret).toHaveLength(32);
});

test("each person, and each agent, has a key of its own", async () => {
  const keys = await new World().keys();
  const owners = [ALICE, BOB, { agent: ALICE.user }, { agent: "spiffe://prod.example/ns/a/sa/b" }];
  const all = await Promise.all(owners.map((owner) => keys.keyOf(owner)));
  expect(new Set(all.flatMap(({ secret, pseudonym }) => [secret.toString("hex"), pseudonym])).size).toBe(8);
});

test("a key that is known is used without another look at the store, until its time is over", async () => {
  const world = new World();
  const keys = await world.keys();
  const key = await keys.keyOf(ALICE);
  const reads = world.reads;
  world.now = KEY_SECONDS * 1_000 - 1;
  expect(keys.keyOf(ALICE)).toEqual(key);
  expect(world.reads).toBe(reads);
  world.now += 1;
  expect(await keys.keyOf(ALICE)).toEqual(key);
  expect(world.reads).toBe(reads + 1);
});

test("who is erased has no key, and a new one when they come again: at once here, elsewhere when the known one is over", async () => {
  const world = new World();
  const [here, there] = [await world.keys(), await world.keys()];
  const before = await here.keyOf(ALICE);
  await there.keyOf(ALICE);
  await here.erase(ALICE);
  expect(await here.pseudonymOf(ALICE)).toBeUndefined();
  expect(await there.keyOf(ALICE)).toEqual(before);
  const after = await here.keyOf(ALICE);
  expect(after.pseudonym).not.toBe(before.pseudonym);
  expect(after.secret).not.toEqual(before.secret);
  world.now = KEY_SECONDS * 1_000;
  expect(await there.keyOf(ALICE)).toEqual(after);
});

test("who is erased keeps the name by which the state knows them", async () => {
  const world = new World();
  const keys = await world.keys();
  const name = keys.nameOf(ALICE.user);
  await keys.erase(ALICE);
  expect((await world.keys()).nameOf(ALICE.user)).toBe(name);
  expect(name).not.toBe(ALICE.user);
  expect((await new World().keys()).nameOf(ALICE.user)).not.toBe(name);
});

test("fails when the table does not answer, and is asked again the next time", async () => {
  const world = new World();
  const keys = await world.keys();
  world.down = true;
  await expect(keys.keyOf(ALICE)).rejects.toThrow(StoreUnavailable);
  await expect(keys.erase(ALICE)).rejects.toThrow(StoreUnavailable);
  world.down = false;
  expect(await keys.keyOf(ALICE)).toMatchObject({ pseudonym: expect.any(String) });
});

test("fails when what stands there is no key", async () => {
  const world = new World();
  const keys = await world.keys();
  await keys.keyOf(ALICE);
  const write = world.store.write.bind(world.store);
  world.store.write = async (writes) =>
    write(writes.map((each) => (each.kind === "put" ? { ...each, value: { secret: "short" } } : each)));
  await keys.keyOf(BOB);
  await expect((await world.keys()).keyOf(BOB)).rejects.toThrow("secret");
});

type Move = readonly ["erase" | "name", number, number] | readonly ["wait", number];
const MOVES = fc.array(
  fc.oneof(
    fc.tuple(fc.constantFrom("erase" as const, "name" as const), fc.nat(1), fc.nat(2)),
    fc.tuple(fc.constant("wait" as const), fc.nat(2 * KEY_SECONDS)),
  ),
  { maxLength: 30 },
);

/** What is known of keys without any cryptography: how often each owner was erased, and since when */
test("after any namings and erasures, no process uses an erased key after its time, and none is reused", async () => {
  await fc.assert(
    fc.asyncProperty(MOVES, async (moves: readonly Move[]) => {
      const world = new World();
      const replicas = [await world.keys(), await world.keys()];
      const current = new Map<number, string>();
      const over = new Map<string, number>();
      for (const move of moves) {
        if (move[0] === "wait") {
          world.now += move[1] * 1_000;
          continue;
        }
        const [what, where, who] = move;
        const keys = replicas[where] as PersonKeys;
        const owner = { user: userDigest({ issuer: "i", subject: `${who}` }) };
        const before = current.get(who);
        if (what === "erase") {
          await keys.erase(owner);
          if (before !== undefined) over.set(before, world.now);
          current.delete(who);
          continue;
        }
        const { pseudonym }: PersonKey = await keys.keyOf(owner);
        const erasedAt = over.get(pseudonym);
        if (erasedAt !== undefined) expect(world.now - erasedAt).toBeLessThan(KEY_SECONDS * 1_000);
        else {
          if (before !== undefined) expect(pseudonym).toBe(before);
          current.set(who, pseudonym);
        }
      }
    }),
    { numRuns: depth(200) },
  );
});
