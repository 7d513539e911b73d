import { raise, readChain } from "../../../runtime/session/chain-sessions";
import { doneWrite, newRunWrite, readRun } from "../../../runtime/session/runs";
import type { Session } from "../../../runtime/session/session";
import type { Raise } from "../../../runtime/session/session-state";
import { goOn, plan } from "../../../runtime/session/sessions";
import { runKey, sessionKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import { agentOf, ALICE, codesOf, EPOCH, NOW, runOf, sessionOf, startOf, TIMES } from "../../support/exchange/sessions";

const worker = agentOf("worker");

function world(sessions: Readonly<Record<string, Session>>, clock = () => NOW) {
  const store = new MemoryStore(clock);
  const put = (agent: string, session: Session) =>
    store.write([{ kind: "put", key: sessionKey(EPOCH, { agent, user: ALICE }), value: { ...session }, when: "any" }]);
  const ready = Promise.all(Object.entries(sessions).map(([agent, session]) => put(agent, session)));
  return { store, state: { store, epoch: EPOCH }, put, ready };
}

describe("a run that goes on", () => {
  test("goes on in its session, whose use is not written each time", async () => {
    const { state, store, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 10 }) });
    await ready;
    const { isNew, session, writes } = await goOn(state, runOf("worker"), worker, NOW);
    expect({ isNew, sid: session.sid }).toEqual({ isNew: false, sid: "sid-of-the-last" });
    expect(writes).toEqual([
      { kind: "check", key: sessionKey(EPOCH, { agent: "worker", user: ALICE }), when: { version: 1 } },
    ]);
    await store.write(writes);
  });

  test("is told when the session was last used, not that it is used now", async () => {
    const { state, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 1_800 }) });
    await ready;
    const { facts, writes } = await goOn(state, runOf("worker"), worker, NOW);
    expect(facts.lastUsedAt).toBe(NOW - 1_800);
    expect(writes[0]).toMatchObject({ kind: "put", value: { lastUsedAt: NOW }, when: { version: 1 } });
  });

  test("fails when another session has begun since", async () => {
    const { state, ready } = world({ worker: sessionOf({ sid: "sid-since" }) });
    await ready;
    await expect(codesOf(goOn(state, runOf("worker"), worker, NOW))).resolves.toEqual(["token.session-ended"]);
  });

  test("fails when there is no session", async () => {
    await expect(codesOf(goOn(world({}).state, runOf("worker"), worker, NOW))).resolves.toEqual([
      "token.session-ended",
    ]);
  });

  test("fails when a delegator has no session to which the answer returns", async () => {
    const { state, ready } = world({ worker: sessionOf() });
    await ready;
    const chain = [{ agent: "front", spiffeId: agentOf("front").spiffeId, task: "work", run: "r", sid: "s" }];
    await expect(codesOf(goOn(state, runOf("worker", { chain }), worker, NOW))).resolves.toEqual([
      "token.session-ended",
    ]);
  });

  test("fails when the store holds something else than a session", async () => {
    const { state, put } = world({});
    for (const odd of [{ mark: "secret" }, { tainted: 0 }, { more: 1 }, { done: "all" }, { writable: { top: 1 } }]) {
      await put("worker", { ...sessionOf(), ...odd } as unknown as Session);
      await expect(goOn(state, runOf("worker"), worker, NOW)).rejects.toThrow(Object.keys(odd)[0]);
    }
  });

  test("is not another epoch's", async () => {
    const { store, ready } = world({ worker: sessionOf() });
    await ready;
    const later = { store, epoch: EPOCH + 1 };
    await expect(codesOf(goOn(later, runOf("worker"), worker, NOW))).resolves.toEqual(["token.session-ended"]);
  });
});

describe("what a session is told", () => {
  test("is not lost where another was faster", async () => {
    const { state, store, ready } = world({ worker: sessionOf() });
    await ready;
    const sessions = await readChain(state, runOf("worker"));
    await store.write(raise(EPOCH, sessions, { mark: "restricted" }, TIMES, NOW));
    for (const what of [{ tainted: true }, {}]) {
      const late = store.write(raise(EPOCH, sessions, what, TIMES, NOW));
      await expect(late).rejects.toThrow(StoreConflict);
    }
    await expect(readChain(state, runOf("worker"))).resolves.toMatchObject({
      own: { session: { mark: "restricted", tainted: false }, version: 2 },
    });
  });

  test("does not wake a session that is only told of something", async () => {
    const { state, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 5_000 }) });
    await ready;
    const [write] = raise(EPOCH, await readChain(state, runOf("worker")), { tainted: true }, undefined, NOW);
    expect(write).toMatchObject({ kind: "put", value: { tainted: true, lastUsedAt: NOW - 5_000 } });
  });

  test("is kept for ever where there is a mark or a taint, and for 12 h after its end otherwise", async () => {
    const { state, store } = world({});
    const { writes } = await plan(state, startOf("worker", { by: "user" }));
    expect(writes).toMatchObject([{ kind: "put", expiresAt: NOW + TIMES.totalSeconds + 43_200 }]);
    await store.write(writes);
    const sessions = await readChain(state, runOf("worker"));
    const told = (what: Raise) => raise(EPOCH, sessions, what, TIMES, NOW)[0];
    expect(told({ done: "desk.read" })).toMatchObject({ kind: "put", expiresAt: NOW + TIMES.totalSeconds + 43_200 });
    expect(told({ mark: "internal" })).toMatchObject({ kind: "put" });
    expect(told({ mark: "internal" })).not.toHaveProperty("expiresAt");
    expect(told({ tainted: true })).not.toHaveProperty("expiresAt");
  });
});

describe("a run", () => {
  test("is found by its id until five minutes after its end", async () => {
    let now = NOW;
    const { state, store } = world({}, () => now);
    const run = runOf("worker", { expiresAt: NOW + 900 });
    await store.write([newRunWrite(EPOCH, run)]);
    now = NOW + 1_199;
    await expect(readRun(state, run.run)).resolves.toEqual({ run, version: 1 });
    now = NOW + 1_200;
    await expect(readRun(state, run.run)).resolves.toBeUndefined();
    await expect(readRun(state, "another")).resolves.toBeUndefined();
  });

  test("is begun once under its id", async () => {
    const { store } = world({});
    await store.write([newRunWrite(EPOCH, runOf("worker"))]);
    await expect(store.write([newRunWrite(EPOCH, runOf("worker", { agent: "front" }))])).rejects.toThrow(StoreConflict);
  });

  test("remembers what succeeded, once", async () => {
    const { state, store } = world({});
    const run = runOf("worker");
    await store.write([newRunWrite(EPOCH, run)]);
    const write = doneWrite(EPOCH, { run, version: 1 }, "desk.read");
    await store.write(write === undefined ? [] : [write]);
    const stored = await readRun(state, run.run);
    expect(stored).toMatchObject({ run: { done: ["desk.read"] }, version: 2 });
    expect(stored && doneWrite(EPOCH, stored, "desk.read")).toBeUndefined();
  });

  test("fails when the store holds something else than a run", async () => {
    const { state, store } = world({});
    const value = { ...runOf("worker"), user: "alice" };
    await store.write([{ kind: "put", key: runKey(EPOCH, "odd"), value: value as never, when: "any" }]);
    await expect(readRun(state, "odd")).rejects.toThrow("user");
  });
});
