import type { AuditEvent, AuditRecord } from "../../../runtime/audit/audit";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { PersonKeys } from "../../../runtime/store/persons/person-keys";
import { StoreUnavailable } from "../../../runtime/store/store";
import { userDigest } from "../../../runtime/store/user-digest";
import { readWriter } from "../../support/audit/writer-records";
import { PERSONS, pseudonymOf } from "../../support/persons";

const ALICE = { issuer: "https://login.example", subject: "alice" };
const CAROL = { ...ALICE, subject: "carol" };
const AGENT = { agent: "support-triage", spiffeId: "spiffe://prod.example/ns/a/sa/support-triage" };
const DIGEST = `sha256:${"ab".repeat(32)}`;
type Facts = AuditEvent["facts"];

class World {
  private readonly store = new MemoryStore();
  private readonly ledger: AuditLedger;

  constructor(persons: Pick<PersonKeys, "keyOf"> | undefined = PERSONS) {
    this.ledger = new AuditLedger({ store: this.store, writer: "w", ...(persons && { persons }) });
  }

  public async written(facts: Facts, stops = false): Promise<Facts> {
    await this.ledger.commit({ writes: [], event: { kind: "k", time: 1, facts }, ...(stops && { stops: true }) });
    return (await this.records()).at(-1)?.facts as Facts;
  }

  public async count(): Promise<number> {
    return (await this.records()).length;
  }

  private async records(): Promise<readonly AuditRecord[]> {
    return (await readWriter(this.store, "w")).records;
  }
}

const keyed = expect.stringMatching(/^hmac-sha256:[\w-]{43}$/);
const unreadable = (): Pick<PersonKeys, "keyOf"> => ({
  keyOf: () => Promise.reject(new StoreUnavailable("no keys")),
});

test("a record names a person by the pseudonym of the person's key", async () => {
  const facts = { ...AGENT, user: userDigest(ALICE), by: userDigest(CAROL), run: "r" };
  const written = await new World().written(facts);
  expect(written).toEqual({ ...facts, user: pseudonymOf(ALICE), by: pseudonymOf(CAROL) });
});

test.each([
  ["the digest of a request", { digest: DIGEST }, { digest: keyed }],
  ["the digest of a call", { requestDigest: DIGEST }, { requestDigest: keyed }],
  ["digests of details and context", { details: "d", context: null }, { details: keyed, context: null }],
  ["a person's or an agent's own words", { reason: "for order 4711" }, { reason: keyed }],
  [
    "what budgets count of an argument, but not calls and tokens",
    { costs: { "day:sum=amount:x": 50, "hour:calls:x": 1, "hour:tokens:x": 800 } },
    { costs: { "day:sum=amount:x": keyed, "hour:calls:x": 1, "hour:tokens:x": 800 } },
  ],
])("%s is written under the key of the call's user", async (_, facts: Facts, expected) => {
  expect(await new World().written({ ...AGENT, user: null, ...facts })).toEqual({ ...AGENT, user: null, ...expected });
});

test("the same request has the same digest in each record of it, under either name", async () => {
  const world = new World();
  const whose = { ...AGENT, user: userDigest(ALICE) };
  const { digest } = await world.written({ ...whose, digest: DIGEST });
  const decided = { agent: AGENT.spiffeId, user: userDigest(ALICE), by: userDigest(CAROL), digest: DIGEST };
  expect(await world.written(decided)).toMatchObject({ digest });
  expect(await world.written({ ...whose, requestDigest: DIGEST })).toMatchObject({ requestDigest: digest });
});

test("without a user, the digest of a request is that of the agent's key, also where the agent is told by its SPIFFE ID alone", async () => {
  const world = new World();
  const { digest } = await world.written({ ...AGENT, user: null, digest: DIGEST });
  expect(await world.written({ agent: AGENT.spiffeId, user: null, digest: DIGEST })).toMatchObject({ digest });
});

test("the same request for two persons has two digests", async () => {
  const world = new World();
  const of = async (user: string | null) => (await world.written({ ...AGENT, user, digest: DIGEST }))["digest"];
  const all = [await of(userDigest(ALICE)), await of(userDigest(CAROL)), await of(null)];
  expect(new Set(all).size).toBe(3);
});

test("two amounts of one call cannot be told to be equal", async () => {
  const costs = { "day:sum=amount:x": 50, "day:sum=fee:x": 50 };
  const written = await new World().written({ ...AGENT, user: null, costs });
  expect(new Set(Object.values(written["costs"] as Facts)).size).toBe(2);
});

test("what tells of no person and of no argument is written as it is, and needs no key", async () => {
  const facts = { ...AGENT, user: null, txn: "t", costs: { "hour:calls:x": 1 }, codes: ["x"] };
  expect(await new World(unreadable()).written(facts)).toEqual(facts);
});

test.each([
  ["a person", { user: userDigest(ALICE) }],
  ["an argument", { ...AGENT, digest: DIGEST }],
])("fails when the key cannot be read for a record of %s: nothing is written", async (_, facts) => {
  const world = new World(unreadable());
  await expect(world.written(facts)).rejects.toThrow(StoreUnavailable);
  expect(await world.count()).toBe(0);
});

test("what stops something is written without a key too, and says of which facts nothing is told", async () => {
  const facts = { target: "user", user: userDigest(ALICE), why: "INC-1", by: userDigest(CAROL) };
  expect(await new World(unreadable()).written(facts, true)).toEqual({
    target: "user",
    user: null,
    why: "INC-1",
    by: null,
    unnamed: ["user", "by"],
  });
});

test("what stops something tells nothing of an argument where there is no key", async () => {
  const facts = { ...AGENT, digest: DIGEST, costs: { "day:sum=amount:x": 50 } };
  expect(await new World(unreadable()).written(facts, true)).toEqual({
    ...AGENT,
    digest: null,
    costs: { "day:sum=amount:x": null },
    unnamed: ["digest"],
  });
});

test("fails when a ledger without persons' keys is to tell of a person", async () => {
  const store = new MemoryStore();
  const event = { kind: "k", time: 1, facts: { user: userDigest(ALICE) } };
  await expect(new AuditLedger({ store, writer: "w" }).commit({ writes: [], event })).rejects.toThrow(
    "a record that names a person needs persons' keys: give the ledger persons",
  );
  expect((await readWriter(store, "w")).records).toEqual([]);
});

test("no unkeyed digest of a person or a request is written", async () => {
  const facts = { ...AGENT, user: userDigest(ALICE), by: userDigest(CAROL), digest: DIGEST, requestDigest: DIGEST };
  const plain = [userDigest(ALICE), userDigest(CAROL), DIGEST.slice(7)];
  expect(plain.filter((text) => JSON.stringify(facts).includes(text))).toEqual(plain);
  const written = JSON.stringify(await new World().written(facts));
  expect(plain.filter((text) => written.includes(text))).toEqual([]);
});
