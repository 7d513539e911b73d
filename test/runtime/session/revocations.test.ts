import { REVOCABLES, type Revocable, type User } from "../../../domain";
import { restore, revocationFacts, revoke, type Target } from "../../../runtime/session/revocations";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict, StoreUnavailable } from "../../../runtime/store/store";
import { agentOf, ALICE, NOW, runOf } from "../../support/exchange/sessions";

const WHY = { why: "incident 7", by: "on-call", at: NOW };
const RUN = runOf("reader", {
  run: "the-run",
  txn: "the-first-run",
  sid: "the-session",
  chain: [
    { agent: "front", spiffeId: agentOf("front").spiffeId, task: "work", run: "the-first-run", sid: "first-session" },
    { agent: "worker", spiffeId: agentOf("worker").spiffeId, task: "work", run: "second-run", sid: "second-session" },
  ],
});
const TOKENS = ["the-token", "the-parent-token"];

const STOPPING: readonly (readonly [Exclude<Revocable, "user">, string])[] = [
  ["agent", "reader"],
  ["agent", "front"],
  ["agent", "worker"],
  ["run", "the-run"],
  ["run", "the-first-run"],
  ["run", "second-run"],
  ["session", "the-session"],
  ["session", "first-session"],
  ["session", "second-session"],
  ["token", "the-token"],
  ["token", "the-parent-token"],
];

const users: readonly (readonly [string, User])[] = [
  ["of another issuer", { issuer: "https://other.example", subject: "alice" }],
  ["of another name", { ...ALICE, subject: "bob" }],
  ["whose parts were moved", { issuer: `${ALICE.issuer}","alice`, subject: "" }],
];

test.each(STOPPING)("stopping %s %s stops the run", async (kind, id) => {
  const store = new MemoryStore(() => NOW);
  await store.write([revoke({ kind, id }, WHY, undefined)]);
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: [kind] });
});

test("stopping the user stops the run", async () => {
  const store = new MemoryStore(() => NOW);
  await store.write([revoke({ kind: "user", user: ALICE }, WHY, undefined)]);
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: ["user"] });
});

test("everything that was stopped is named once, in the order of the contract", async () => {
  const store = new MemoryStore(() => NOW);
  const targets: readonly Target[] = [...STOPPING.map(([kind, id]) => ({ kind, id })), { kind: "user", user: ALICE }];
  await store.write([...targets].reverse().map((target) => revoke(target, WHY, NOW + 60)));
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: REVOCABLES });
});

test.each(users)("stopping a user %s does not stop the run", async (_, user) => {
  const store = new MemoryStore(() => NOW);
  await store.write([revoke({ kind: "user", user }, WHY, undefined)]);
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: [] });
});

test("a stop of another kind under the same name does not stop the run", async () => {
  const store = new MemoryStore(() => NOW);
  const others = [
    revoke({ kind: "agent", id: "the-run" }, WHY, undefined),
    revoke({ kind: "token", id: "reader" }, WHY, undefined),
  ];
  await store.write(others);
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: [] });
});

test("a run without a user stands or falls with the rest", async () => {
  const store = new MemoryStore(() => NOW);
  const run = { ...RUN, user: null };
  await store.write([revoke({ kind: "user", user: ALICE }, WHY, undefined)]);
  await expect(revocationFacts(store, run, [])).resolves.toEqual({ known: true, revoked: [] });
  await store.write([revoke({ kind: "agent", id: "front" }, WHY, undefined)]);
  await expect(revocationFacts(store, run, [])).resolves.toEqual({ known: true, revoked: ["agent"] });
});

test("a revocation ends where nothing is left to stop, and one of an agent does not", async () => {
  let now = NOW;
  const store = new MemoryStore(() => now);
  await store.write([
    revoke({ kind: "token", id: "the-token" }, WHY, NOW + 300),
    revoke({ kind: "agent", id: "reader" }, WHY, undefined),
  ]);
  now = NOW + 299;
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toMatchObject({ revoked: ["agent", "token"] });
  now = NOW + 1e9;
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toMatchObject({ revoked: ["agent"] });
});

test("a restored agent runs again, once", async () => {
  const store = new MemoryStore(() => NOW);
  const target: Target = { kind: "agent", id: "front" };
  await store.write([revoke(target, WHY, undefined)]);
  await store.write([restore(target)]);
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: true, revoked: [] });
  await expect(store.write([restore(target)])).rejects.toThrow(StoreConflict);
});

test("one read asks for everything", async () => {
  const store = new MemoryStore(() => NOW);
  const read = jest.spyOn(store, "read");
  await revocationFacts(store, RUN, TOKENS);
  expect(read).toHaveBeenCalledTimes(1);
});

test("an unreadable revocation is unknown", async () => {
  const store = { read: () => Promise.reject(new StoreUnavailable("the table is gone")) };
  await expect(revocationFacts(store, RUN, TOKENS)).resolves.toEqual({ known: false, revoked: [] });
});

test("fails when reading fails with an unexpected error", async () => {
  const store = { read: () => Promise.reject(new TypeError("odd")) };
  await expect(revocationFacts(store, RUN, TOKENS)).rejects.toThrow("odd");
});
