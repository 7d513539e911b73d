import { ask } from "../../../runtime/approval/approvals";
import { requestDigest } from "../../../runtime/approval/digest";
import { AuditLedger } from "../../../runtime/audit/ledger";
import type { Value } from "../../../runtime/json";
import { revoke } from "../../../runtime/session/revocations";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { PersonKeys } from "../../../runtime/store/persons/person-keys";
import { PersonStore } from "../../../runtime/store/persons/person-store";
import { StoreUnavailable } from "../../../runtime/store/store";
import { ApproversWorld } from "../../support/exchange/approvers";
import { ASKING, exactRequest, GROUP, OWNERS } from "../../support/exchange/approvals";
import { ALICE, EPOCH, NOW } from "../../support/exchange/sessions";

async function storeWithKeys(kept = new MemoryStore(() => NOW)) {
  const keyStore = new MemoryStore();
  const keys = await PersonKeys.open({ store: keyStore });
  return { keyStore, keys, store: await PersonStore.open(kept, keys, () => NOW) };
}

const asked = (args: Readonly<Record<string, Value>>): Parameters<typeof ask>[1] => ({
  request: exactRequest({ arguments: args }),
  txn: "t",
  approval: GROUP,
  owners: OWNERS,
  agents: ["worker"],
  runs: ["r"],
  sessions: ["s"],
  start: undefined,
  asking: ASKING,
  now: NOW,
});

/** Persons within persons, so deep */
function persons(depth: number): Value {
  return depth === 0 ? {} : { issuer: "a", subject: "b", x: persons(depth - 1) };
}

/** What an agent may send to be taken for what the store writes itself */
const HOSTILE: readonly (readonly [string, Readonly<Record<string, Value>>])[] = [
  ["a sealed value", { x: { sealed: "abc" } }],
  ["a sealed value by a key whose name is too long", { x: { sealed: "a".repeat(2_040) } }],
  ["a sealed value by a key that is not there", { x: { sealed: `${"a".repeat(43)}.${"b".repeat(60)}` } }],
  ["the key of an item", { partition: "revoked", sort: `user#${"A".repeat(43)}` }],
  ["a person", { issuer: ALICE.issuer, subject: ALICE.subject }],
  ["persons within persons", { x: persons(60) }],
  ["many persons", { x: Array.from({ length: 2_000 }, (_, at) => ({ issuer: "a", subject: `${at}` })) }],
];

test.each(HOSTILE)(
  "people are shown exactly what was sent, beside the requests of others, where it looks like %s",
  async (_, args) => {
    const world = new ApproversWorld();
    const { store, keyStore } = await storeWithKeys(world.store);
    Object.assign(world, { store });
    await world.ask({ order: "honest" });
    const opened = await ask({ store, epoch: EPOCH }, asked(args));
    const before = keyStore.dump().length;
    await store.write(opened.writes);
    expect(keyStore.dump().length - before).toBeLessThanOrEqual(1);
    const { status, json } = await world.post("list", { of: "open" });
    expect([status, (json["requests"] as unknown[]).length]).toEqual([200, 2]);
    const shown = await world.post("show", { id: opened.record.handle });
    expect(shown.json["arguments"]).toEqual(args);
    expect(opened.record.digest).toBe(requestDigest(exactRequest({ arguments: args })));
  },
);

test.each(["too long once it is sealed", "of a person whose key cannot be read"])(
  "a stop is written beside an act that fails, as what it writes is %s",
  async (why) => {
    const { store, keys, keyStore } = await storeWithKeys();
    const ledger = new AuditLedger({ store, persons: keys, clock: () => NOW });
    const act = (kind: string, ...writes: Parameters<typeof store.write>[0]) => ({
      writes,
      event: { kind, time: NOW, facts: {} },
    });
    await ledger.commit(act("first"));
    const isLong = why.startsWith("too long");
    if (!isLong) {
      keyStore.read = async () => {
        throw new StoreUnavailable("throttled");
      };
    }
    const value = { user: { ...ALICE }, text: isLong ? "x".repeat(300_000) : "" };
    const key = { partition: "run#1#r", sort: "run" };
    const stop = revoke({ kind: "agent", id: "worker" }, { why: "w", by: "kill-switch", at: NOW }, undefined);
    const [waits, other, stopped] = await Promise.allSettled([
      ledger.commit(act("waits")),
      ledger.commit(act("other", { kind: "put", key, value, when: "any" })),
      ledger.commit({ ...act("revocation.ordered", stop), stops: true }),
    ]);
    expect([waits.status, other.status, stopped.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await store.read([stop.key, key])).toMatchObject([{ value: { why: "w" } }, undefined]);
  },
);
