import { changedTo } from "../../../runtime/session/changed";
import { heldOf } from "../../../runtime/session/held";
import { ownStartOf } from "../../../runtime/session/knower";
import { raise } from "../../../runtime/session/raise";
import { raised, used } from "../../../runtime/session/session-state";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { together } from "../../../runtime/session/together";
import { heldKey, sessionKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import { EPOCH, NOW, ofAlice, sessionOf, TIMES } from "../../support/exchange/sessions";

/** Alice's sessions of two agents, and what the first has started by itself */
async function world() {
  const store = new MemoryStore(() => NOW);
  const state = { store, epoch: EPOCH };
  const knowers = [ofAlice("front"), ofAlice("worker"), ownStartOf("front")];
  for (const knower of knowers) {
    await store.write([{ kind: "put", key: sessionKey(EPOCH, knower), value: { ...sessionOf() }, when: "absent" }]);
  }
  const read = async () => (await readSessions(state, knowers)).flatMap((each) => each ?? []);
  const [front, worker] = (await read()) as [Awaited<ReturnType<typeof read>>[0], Awaited<ReturnType<typeof read>>[0]];
  return { store, state, read, front, worker };
}

test("a session's read marks its agent's own starts and holdings in one read and one write, and no other agent", async () => {
  const { store, state, read, front } = await world();
  const reads = jest.spyOn(store, "read");
  const writes = await raise(state, front, { mark: "confidential" }, TIMES, NOW);
  expect(reads).toHaveBeenCalledTimes(1);
  expect(writes).toHaveLength(3);
  await store.write(writes);
  expect((await read()).map(({ session }) => session.mark)).toEqual(["confidential", "public", "confidential"]);
});

test("knowledge of two agents' sessions is written together", async () => {
  const { store, state, read, front, worker } = await world();
  const learn = (mark: "confidential" | "internal", last: typeof front) =>
    changedTo(last, raised(last.session, { mark }, NOW));
  const reads = jest.spyOn(store, "read");
  const { writes, below } = await together(state, [learn("internal", front), learn("confidential", worker)], NOW);
  expect(reads).toHaveBeenCalledTimes(1);
  expect(below).toBeUndefined();
  await store.write(writes);
  expect((await read()).map(({ session }) => session.mark)).toEqual(["internal", "confidential", "internal"]);
});

test("known marks are neither read nor written", async () => {
  const { store, state, front } = await world();
  const reads = jest.spyOn(store, "read");
  const writes = await raise(state, front, { mark: "public" }, undefined, NOW);
  expect(writes).toEqual([{ kind: "check", key: sessionKey(EPOCH, ofAlice("front")), when: { version: 1 } }]);
  expect(reads).not.toHaveBeenCalled();
});

test("a reservation that has expired is nothing to tell: a use of its session writes that session alone", async () => {
  const { store, state, front } = await world();
  const session = { ...front.session, reserved: { restricted: NOW }, lastUsedAt: NOW - 70 };
  const last = { ...front, session };
  const reads = jest.spyOn(store, "read");
  const { writes } = await together(state, [changedTo(last, used(session, TIMES, NOW))], NOW);
  expect(writes.map(({ kind, key }) => [kind, key])).toEqual([["put", sessionKey(EPOCH, ofAlice("front"))]]);
  expect(reads).not.toHaveBeenCalled();
});

test("a lasting reservation holds for the agent's own starts", async () => {
  const { state, front } = await world();
  const { writes } = await together(
    state,
    [changedTo(front, raised(front.session, { reserved: { restricted: NOW + 1 } }, NOW))],
    NOW,
  );
  expect(writes).toHaveLength(3);
});

test("an own start that is concurrent with another session's read is marked too: then everything is decided again", async () => {
  const { store, state, worker } = await world();
  const alone = sessionKey(EPOCH, ownStartOf("worker"));
  const held = heldOf((await store.read([heldKey(EPOCH, "worker")]))[0]);
  const begins = { knower: ownStartOf("worker"), last: undefined, next: sessionOf(), keep: undefined, held };
  const writes = await raise(state, worker, { mark: "confidential" }, TIMES, NOW);
  await store.write((await together(state, [begins], NOW)).writes);
  await expect(store.write(writes)).rejects.toThrow(StoreConflict);
  await store.write(await raise(state, worker, { mark: "confidential" }, TIMES, NOW));
  expect((await store.read([alone]))[0]?.value).toMatchObject({ mark: "confidential" });
});
