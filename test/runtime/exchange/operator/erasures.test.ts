import type { AuditEvent } from "../../../../runtime/audit/audit";
import { AuditLedger } from "../../../../runtime/audit/ledger";
import { readWriter } from "../../../support/audit/writer-records";
import { Erasures } from "../../../../runtime/exchange/operator/erasures";
import type { Operator } from "../../../../runtime/exchange/operator/operator";
import { endLogins } from "../../../../runtime/session/ended-logins";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { KEY_SECONDS, PersonKeys } from "../../../../runtime/store/persons/person-keys";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { userDigest } from "../../../../runtime/store/user-digest";
import { KILL_SWITCH, OLGA, refused } from "../../../support/exchange/orders-world";
import { NOW } from "../../../support/exchange/sessions";
import { meanwhile } from "../../../support/meanwhile";

const ALICE = { issuer: "https://login.acme.example", subject: "alice" };
const olga = { issuer: "https://login.acme.example", subject: "olga" };
const user = userDigest(ALICE);
const ORDER = { user: ALICE, reason: "request 4711" };

class World {
  public readonly store = new MemoryStore(() => NOW);
  private readonly ledger: AuditLedger;
  private readonly erasures: Erasures;

  /** @param keys as another process has them */
  private constructor(
    public readonly keys: PersonKeys,
    public readonly own: PersonKeys,
  ) {
    const { store } = this;
    this.ledger = new AuditLedger({ store, persons: own, writer: "w", clock: () => NOW });
    this.erasures = new Erasures({
      persons: own,
      state: async () => ({ store }),
      ledger: this.ledger,
      clock: () => NOW,
    });
  }

  public static async make(): Promise<World> {
    const store = new MemoryStore();
    return new World(await PersonKeys.open({ store }), await PersonKeys.open({ store }));
  }

  public async tell(facts: AuditEvent["facts"]): Promise<void> {
    await this.ledger.commit({ writes: [], event: { kind: "token.issued", time: NOW, facts } });
  }

  public async records(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await readWriter(this.store, "w")).records.map(({ kind, facts }) => ({ kind, ...facts }));
  }

  public erase(body: unknown = ORDER, operator: Operator = OLGA) {
    return this.erasures.erase(body, operator);
  }
}

test("a person is erased: that is on record by the old name, and the person has another one from then on", async () => {
  const world = await World.make();
  await world.tell({ user });
  const erased = await world.erase();
  await world.tell({ user });
  const [before, record, after] = await world.records();
  expect(erased).toEqual({ erased: true, pseudonym: before?.["user"], effective_at: NOW + KEY_SECONDS });
  expect(record).toEqual({
    kind: "person.erased",
    pseudonym: before?.["user"],
    why: "request 4711",
    by: (await world.keys.keyOf({ user: userDigest(olga) })).pseudonym,
  });
  expect(after?.["user"]).toBe((await world.keys.keyOf({ user })).pseudonym);
  expect(after?.["user"]).not.toBe(before?.["user"]);
});

test("an operator may erase themselves", async () => {
  const world = await World.make();
  await world.tell({ user: userDigest(olga) });
  const { pseudonym } = await world.erase({ ...ORDER, user: olga });
  expect((await world.records()).at(-1)).toMatchObject({ pseudonym, by: pseudonym });
  expect(await world.keys.pseudonymOf({ user: userDigest(olga) })).toBeUndefined();
});

test("fails when no record names the person, or the person was erased", async () => {
  const world = await World.make();
  expect(await refused(world.erase())).toEqual(["erasure.unknown-person"]);
  await world.tell({ user });
  await world.erase();
  expect(await refused(world.erase())).toEqual(["erasure.unknown-person"]);
  expect(await world.records()).toHaveLength(2);
});

test("fails when the kill switch orders it, or an operator whose login has ended: the key stays", async () => {
  const world = await World.make();
  await world.tell({ user });
  expect(await refused(world.erase(ORDER, { ...KILL_SWITCH, jti: "1" }))).toEqual(["operator.not-allowed"]);
  await world.store.write([endLogins(olga, undefined, { before: NOW, at: NOW })]);
  expect(await refused(world.erase())).toEqual(["person.stale-login"]);
  expect(await world.keys.pseudonymOf({ user })).toBeDefined();
  expect(await world.records()).toHaveLength(1);
});

test("fails when the operator's login ends while the erasure is written: the key stays", async () => {
  const world = await World.make();
  await world.tell({ user });
  meanwhile(world.store, [endLogins(olga, undefined, { before: NOW, at: NOW })]);
  expect(await refused(world.erase())).toEqual(["person.stale-login"]);
  expect(await world.keys.pseudonymOf({ user })).toBeDefined();
  expect(await world.records()).toHaveLength(1);
});

test.each([
  ["no reason", { user: ALICE }],
  ["a reason of two lines", { ...ORDER, reason: "a\nb" }],
  ["no subject", { ...ORDER, user: { issuer: "https://login.acme.example" } }],
  ["a member besides", { ...ORDER, all: true }],
  ["nothing", undefined],
])("fails when the order has %s", async (_, body) => {
  const world = await World.make();
  await world.tell({ user });
  expect(await refused(world.erase(body ?? null))).toEqual(["erasure.malformed"]);
  expect(await world.keys.pseudonymOf({ user })).toBeDefined();
});

test("an erasure whose record cannot be written erases nothing", async () => {
  const world = await World.make();
  await world.tell({ user });
  world.store.write = () => Promise.reject(new StoreUnavailable("down"));
  await expect(world.erase()).rejects.toThrow(StoreUnavailable);
  expect(await world.keys.pseudonymOf({ user })).toBeDefined();
});

test("one that breaks off behind its record is ordered again", async () => {
  const world = await World.make();
  await world.tell({ user });
  const keys = world.own;
  const erase = keys.erase.bind(keys);
  keys.erase = () => Promise.reject(new StoreUnavailable("down"));
  await expect(world.erase()).rejects.toThrow(StoreUnavailable);
  keys.erase = erase;
  expect(await world.erase()).toMatchObject({ erased: true });
  const [, first, second] = await world.records();
  expect(first).toEqual(second);
});
