import { raise } from "../../../runtime/session/raise";
import { readOwn } from "../../../runtime/session/stored-sessions";
import { doneWrite, newRunWrite, readRun } from "../../../runtime/session/runs";
import type { Session } from "../../../runtime/session/session";
import type { Raise } from "../../../runtime/session/session-state";
import { goOn, plan, planWrites } from "../../../runtime/session/sessions";
import { runKey, sessionKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import {
  agentOf,
  codesOf,
  EPOCH,
  evidence,
  fleetOf,
  NOW,
  ofAlice,
  runOf,
  sessionOf,
  startOf,
  TIMES,
} from "../../support/exchange/sessions";

const worker = agentOf("worker");
const fleet = fleetOf("worker", "front");

function world(sessions: Readonly<Record<string, Session>>, clock = () => NOW) {
  const store = new MemoryStore(clock);
  const put = (agent: string, session: Session) =>
    store.write([{ kind: "put", key: sessionKey(EPOCH, ofAlice(agent)), value: { ...session }, when: "any" }]);
  const ready = Promise.all(Object.entries(sessions).map(([agent, session]) => put(agent, session)));
  return { store, state: { store, epoch: EPOCH }, put, ready };
}

describe("a run that goes on", () => {
  test("goes on in its session, whose use is not written each time", async () => {
    const { state, store, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 10 }) });
    await ready;
    const going = await goOn(state, fleet, runOf("worker"), worker, NOW);
    const { isNew, session } = going;
    const writes = await planWrites(state, going, NOW);
    expect({ isNew, sid: session.sid }).toEqual({ isNew: false, sid: "sid-of-the-last" });
    expect(writes).toEqual([{ kind: "check", key: sessionKey(EPOCH, ofAlice("worker")), when: { version: 1 } }]);
    await store.write(writes);
  });

  test("gets the time of the session's last use, not of this one", async () => {
    const { state, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 1_800 }) });
    await ready;
    const going = await goOn(state, fleet, runOf("worker"), worker, NOW);
    expect(going.session.lastUsedAt).toBe(NOW - 1_800);
    expect((await planWrites(state, going, NOW))[0]).toMatchObject({
      kind: "put",
      value: { lastUsedAt: NOW },
      when: { version: 1 },
    });
  });

  test("fails when another session has begun since", async () => {
    const { state, ready } = world({ worker: sessionOf({ sid: "sid-since" }) });
    await ready;
    await expect(codesOf(goOn(state, fleet, runOf("worker"), worker, NOW))).resolves.toEqual(["token.session-ended"]);
  });

  test("fails when there is no session", async () => {
    await expect(codesOf(goOn(world({}).state, fleet, runOf("worker"), worker, NOW))).resolves.toEqual([
      "token.session-ended",
    ]);
  });

  test("fails when the store holds something else than a session", async () => {
    const { state, put } = world({});
    for (const odd of [{ mark: "secret" }, { tainted: 0 }, { more: 1 }, { done: "all" }, { writable: { top: 1 } }]) {
      await put("worker", { ...sessionOf(), ...odd } as unknown as Session);
      await expect(goOn(state, fleet, runOf("worker"), worker, NOW)).rejects.toThrow(Object.keys(odd)[0]);
    }
  });

  test("fails when an older exchange recorded which sessions share knowledge", async () => {
    const { state, put } = world({});
    const link = { one: "worker#all", other: "front#all", until: NOW };
    await put("worker", { ...sessionOf(), links: [] } as Session);
    await expect(goOn(state, fleet, runOf("worker"), worker, NOW)).resolves.not.toHaveProperty("session.links");
    await put("worker", { ...sessionOf(), links: [link] } as Session);
    await expect(codesOf(goOn(state, fleet, runOf("worker"), worker, NOW))).resolves.toEqual(["store.of-before"]);
  });

  test("is not another epoch's", async () => {
    const { store, ready } = world({ worker: sessionOf() });
    await ready;
    const later = { store, epoch: EPOCH + 1 };
    await expect(codesOf(goOn(later, fleet, runOf("worker"), worker, NOW))).resolves.toEqual(["token.session-ended"]);
  });
});

describe("an update of a session", () => {
  test("is not lost where another was faster", async () => {
    const { state, store, ready } = world({ worker: sessionOf() });
    await ready;
    const own = await readOwn(state, fleet, runOf("worker"));
    await store.write(await raise(state, own, { mark: "restricted" }, TIMES, NOW));
    for (const what of [{ tainted: true }, {}]) {
      const late = store.write(await raise(state, own, what, TIMES, NOW));
      await expect(late).rejects.toThrow(StoreConflict);
    }
    await expect(readOwn(state, fleet, runOf("worker"))).resolves.toMatchObject({
      session: { mark: "restricted", tainted: false },
      version: 2,
    });
  });

  test("does not wake an idle session", async () => {
    const { state, ready } = world({ worker: sessionOf({ lastUsedAt: NOW - 5_000 }) });
    await ready;
    const [write] = await raise(state, await readOwn(state, fleet, runOf("worker")), { tainted: true }, undefined, NOW);
    expect(write).toMatchObject({ kind: "put", value: { tainted: true, lastUsedAt: NOW - 5_000 } });
  });

  test("keeps a session with a mark or a taint for ever, and another for 12 h after its end", async () => {
    const { state, store } = world({});
    const writes = await planWrites(
      state,
      await plan(state, startOf("worker", { by: "user", outside: evidence("one") })),
      NOW,
    );
    expect(writes).toMatchObject([{ kind: "put", expiresAt: NOW + TIMES.totalSeconds + 43_200 }, {}]);
    await store.write(writes);
    const own = await readOwn(state, fleet, runOf("worker"));
    const told = async (what: Raise) => (await raise(state, own, what, TIMES, NOW))[0];
    expect(await told({ done: "desk.read" })).toMatchObject({
      kind: "put",
      expiresAt: NOW + TIMES.totalSeconds + 43_200,
    });
    expect(await told({ mark: "internal" })).toMatchObject({ kind: "put" });
    expect(await told({ mark: "internal" })).not.toHaveProperty("expiresAt");
    expect(await told({ tainted: true })).not.toHaveProperty("expiresAt");
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
