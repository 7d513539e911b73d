import { noteRevision } from "../../../runtime/registry/revision-seen";
import { bumpEpoch } from "../../../runtime/session/epoch";
import { revoke, type Target } from "../../../runtime/session/revocations";
import { StoreConflict } from "../../../runtime/store/store";
import { proofKey } from "../../../runtime/token/proof";
import { IssuanceRun } from "../../support/exchange/issuance-run";
import { callerOf, LOGIN } from "../../support/exchange/issuance-world";

const FORM = { run: "{begun.run}", way: "chat" };

/** An exchange at which a run of `desk` has begun */
async function begun(): Promise<IssuanceRun> {
  const run = await IssuanceRun.of({ name: "answers", fleet: "chain", base: "ask" });
  await run.begin({ base: "ask", as: "begun" });
  return run;
}

/** The same, a while ago: its session is to be noted as used */
async function longAgo(): Promise<IssuanceRun> {
  const run = await begun();
  run.world.now += 100;
  return run;
}

const codesOf = async (run: IssuanceRun) => (await run.answer(FORM, "desk"))?.reasons.map(({ code }) => code);
const refusals = async ({ world }: IssuanceRun) =>
  (await world.records()).filter(({ kind }) => kind.startsWith("answer."));

test("an answer is decided on by one read of all that may have changed, and writes nothing", async () => {
  const run = await begun();
  const { store } = run.world;
  const reading: (readonly string[])[] = [];
  const read = store.read.bind(store);
  store.read = async (keys) => (reading.push(keys.map(({ partition }) => partition.split("#")[0] ?? "")), read(keys));
  const writes = store.asked.length;
  await expect(codesOf(run)).resolves.toBeUndefined();
  expect(store.asked).toHaveLength(writes);
  // The epoch says where the run lies, and the run whose session it is: neither changes.
  expect(reading.slice(0, 2)).toEqual([["epoch"], ["run"]]);
  expect(reading.slice(2).map((each) => [...new Set(each)])).toEqual([
    ["epoch", "seen", "session", "revoked", "ended-logins"],
  ]);
});

test("a session is noted as used at most once a minute, on no record", async () => {
  const run = await longAgo();
  const records = (await run.world.records()).length;
  const writes = run.world.store.asked.length;
  await expect(codesOf(run)).resolves.toBeUndefined();
  await expect(codesOf(run)).resolves.toBeUndefined();
  expect(run.world.store.asked.slice(writes)).toMatchObject([[{ kind: "put", value: { lastUsedAt: run.world.now } }]]);
  expect(await run.world.records()).toHaveLength(records);
});

test("fails when the session reads above the clearance while it is noted as used", async () => {
  const run = await longAgo();
  run.world.store.beforeNext(() => run.raise("desk", { mark: "restricted" }));
  await expect(codesOf(run)).resolves.toEqual(["answer.above-clearance"]);
});

test("an answer is decided on again where another was faster", async () => {
  const run = await longAgo();
  run.world.store.beforeNext(() => {
    throw new StoreConflict([0], "another was faster");
  });
  await expect(codesOf(run)).resolves.toBeUndefined();
});

const stopping = (target: Target) => (run: IssuanceRun) =>
  run.world.store.write([revoke(run.filled(target) as Target, { why: "stolen", by: "security", at: 0 }, undefined)]);

test.each<readonly [what: string, code: string, stop: (run: IssuanceRun) => Promise<unknown>]>([
  ["the run", "run.revoked", stopping({ kind: "run", id: "{begun.run}" })],
  ["the session", "session.revoked", stopping({ kind: "session", id: "{begun.sid}" })],
  ["the agent", "agent.revoked", stopping({ kind: "agent", id: "desk" })],
  ["the user", "user.revoked", stopping({ kind: "user", user: { issuer: LOGIN, subject: "alice" } })],
  ["the registry", "policy.stale", ({ world: { store } }) => noteRevision(store, 2)],
  [
    "the epoch",
    "store.restored",
    ({ world: { store, ledger, now } }) => bumpEpoch({ store, ledger, now, voidKeys: [] }),
  ],
])("fails when %s is stopped while the session is noted as used", async (_, code, stop) => {
  const run = await longAgo();
  run.world.store.beforeNext(() => stop(run));
  await expect(codesOf(run)).resolves.toEqual([code]);
});

test("fails when the epoch is bumped between two reads", async () => {
  const run = await begun();
  const { store, ledger, now } = run.world;
  const read = store.read.bind(store);
  store.read = async (keys) => {
    if (keys[0]?.partition.startsWith("run#") === true) await bumpEpoch({ store, ledger, now, voidKeys: [] });
    return read(keys);
  };
  await expect(codesOf(run)).resolves.toEqual(["store.restored"]);
});

test.each([
  ["was renamed", { name: "counter" }],
  ["is another workload by the same name", { spiffeId: "spiffe://prod.acme.example/ns/chain/sa/counter" }],
])("fails when the agent %s since the run began", async (_, change) => {
  const run = await begun();
  const view = run.world.current();
  const changed = { ...view.agentNamed("desk")!, ...change };
  run.world.current = () => ({ ...view, agentOf: () => changed });
  await expect(codesOf(run)).resolves.toEqual(["run.unknown"]);
});

test("fails again and again, of which the first is on record with its run and way", async () => {
  const run = await begun();
  await run.raise("desk", { mark: "restricted" });
  for (let times = 0; times < 3; times += 1) await expect(codesOf(run)).resolves.toEqual(["answer.above-clearance"]);
  const [begins, way] = [run.filled("{begun.run}"), "chat"];
  const codes = ["answer.above-clearance"];
  expect(await refusals(run)).toMatchObject([
    { kind: "answer.refused", facts: { agent: "desk", task: "ask", run: begins, way, codes, error: "access_denied" } },
  ]);
});

test("a proof is not used up: nothing is bound by it here", async () => {
  const run = await begun();
  await run.raise("desk", { mark: "restricted" });
  const proof = { jti: "p-1", jkt: "key", issuedAt: run.world.now };
  const form = Object.entries(run.filled(FORM) as typeof FORM);
  const answered = run.world.messages.answer(form, { ...callerOf(run.world.current(), "desk"), proof });
  await expect(answered).rejects.toThrow("answer.above-clearance");
  await expect(run.world.store.read([proofKey(proof)])).resolves.toEqual([undefined]);
});
