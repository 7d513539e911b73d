import type { ProvenStart } from "../../../runtime/session/evidence";
import { heldOf } from "../../../runtime/session/held";
import { plan, planWrites } from "../../../runtime/session/sessions";
import { heldKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";
import { agentOf, EPOCH, evidence, fleetOf, NOW, startOf } from "../../support/exchange/sessions";

/** A store in which the agent has held something, for any user */
async function holding(held: object | undefined) {
  const store = new MemoryStore(() => NOW);
  if (held !== undefined) {
    await store.write([{ kind: "put", key: heldKey(EPOCH, "worker"), value: { ...held }, when: "absent" }]);
  }
  return { store, epoch: EPOCH };
}

const begun = (more: Partial<ProvenStart>, digest = "event-1") =>
  startOf("worker", { by: "event", user: null, outside: evidence(digest, { single: true }), ...more });

const SECRETS = { mark: "confidential", tainted: true } as const;

test("an event that the agent may have brought about inherits all that the agent has held", async () => {
  const state = await holding(SECRETS);
  const { session, isNew } = await plan(state, begun({ inherits: true }));
  expect(isNew).toBe(true);
  expect(session).toMatchObject(SECRETS);
});

test("an event that nothing brings about which the agent knows begins clean", async () => {
  const state = await holding(SECRETS);
  const { session } = await plan(state, begun({}));
  expect(session).toMatchObject({ mark: "public", tainted: false });
});

test("an event that inherits begins clean where the agent has held nothing", async () => {
  const state = await holding(undefined);
  const { session } = await plan(state, begun({ inherits: true }));
  expect(session).toMatchObject({ mark: "public", tainted: false });
});

test("asking for a clean session washes nothing off", async () => {
  const state = await holding(SECRETS);
  const outside = evidence("event-1", { single: true, newSession: true });
  const { session } = await plan(state, begun({ inherits: true, outside }));
  expect(session).toMatchObject(SECRETS);
});

test("each event's run inherits the reads of the run before", async () => {
  const state = await holding(undefined);
  const now = NOW;
  const first = await plan(state, { ...begun({ inherits: true }), arrival: { mark: "internal", tainted: true } });
  await state.store.write(await planWrites(state, first, now));
  const second = await plan(state, { ...begun({ inherits: true }, "event-2"), run: "the-next-run" });
  expect(second.session).toMatchObject({ mark: "internal", tainted: true });
  const [item] = await state.store.read([heldKey(EPOCH, "worker")]);
  expect(heldOf(item)).toMatchObject({ mark: "internal", tainted: true });
});

test("a concurrent read is not missed: the event is decided again", async () => {
  const state = await holding(undefined);
  const planned = await plan(state, begun({ inherits: true }));
  const reader = await plan(state, {
    ...startOf("worker", { by: "user", outside: evidence("user-1") }),
    run: "the-run-of-a-user",
    arrival: { mark: "confidential", tainted: true },
  });
  await state.store.write(await planWrites(state, reader, NOW));
  await expect(state.store.write(await planWrites(state, planned, NOW))).rejects.toThrow(StoreConflict);
  expect((await plan(state, begun({ inherits: true }))).session).toMatchObject(SECRETS);
});

test("another agent's events do not inherit it", async () => {
  const state = await holding(SECRETS);
  const start = { ...begun({ inherits: true }), agent: agentOf("reader"), fleet: fleetOf("reader", "worker") };
  expect((await plan(state, start)).session).toMatchObject({ mark: "public", tainted: false });
});
