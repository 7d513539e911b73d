import { type Situation, runOfRequest } from "../../../runtime/exchange/issue/run-of-request";
import type { FleetTask } from "../../../runtime/registry/registry";
import type { ProvenStart } from "../../../runtime/session/evidence";
import { readRun } from "../../../runtime/session/runs";
import type { Run } from "../../../runtime/session/session";
import { planWrites } from "../../../runtime/session/sessions";
import { heldKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { agentOf, EPOCH, evidence, fleetOf, NOW, startOf } from "../../support/exchange/sessions";

const served = { name: "http", sensitivity: "public", clearance: "confidential", untrusted: false } as const;
const task: FleetTask = {
  name: "work",
  startedBy: ["event", "delegation"],
  ttlSeconds: 900,
  servedBy: [served],
  tools: new Map(),
  delegates: new Map(),
  approval: undefined,
  aws: undefined,
};

/** The worker has read what is confidential and untrusted before. */
async function world() {
  const store = new MemoryStore(() => NOW);
  const held = { mark: "confidential", tainted: true };
  await store.write([{ kind: "put", key: heldKey(EPOCH, "worker"), value: held, when: "absent" }]);
  return { store, epoch: EPOCH };
}

/** Begin a run by what is proven; as it is stored, with its session */
async function begin(
  state: Awaited<ReturnType<typeof world>>,
  agent: string,
  proven: Partial<ProvenStart> & Pick<ProvenStart, "by">,
) {
  const situation: Situation = {
    fleet: fleetOf("front", "worker", "reader"),
    agent: agentOf(agent),
    task,
    state,
    evidence: { verify: async () => startOf(agent, { user: null, ...proven }).proven },
    newId: () => `run-of-${agent}`,
    now: NOW,
  };
  const asked = { kind: "start", start: proven.by, subjectToken: undefined, newSession: false } as const;
  const { own, writes, session, run } = await runOfRequest(situation, asked as never);
  await state.store.write(await planWrites(state, { own, writes }, NOW));
  return { session, run: (await readRun(state, run.run))?.run as Run };
}

const byEvent = (inherits: boolean) =>
  ({ by: "event", outside: evidence("event-1", { single: true }), ...(inherits && { inherits }) }) as const;
const handedOn = (parent: Run) =>
  ({
    by: "delegation",
    parent,
    parentToken: { jti: `of-${parent.run}`, expiresAt: NOW + 300 },
    ...(parent.inherits === true && { inherits: true }),
  }) as const;

test("a run begun by an inheriting event is marked so, and its delegates' runs too", async () => {
  const state = await world();
  const front = await begin(state, "front", byEvent(true));
  const reader = await begin(state, "reader", handedOn(front.run));
  const worker = await begin(state, "worker", handedOn(reader.run));
  expect([front, reader, worker].map(({ run }) => run.inherits)).toEqual([true, true, true]);
  expect(worker.session).toMatchObject({ mark: "confidential", tainted: true });
});

test("a delegate begins clean behind an event that begins clean", async () => {
  const state = await world();
  const front = await begin(state, "front", byEvent(false));
  const worker = await begin(state, "worker", handedOn(front.run));
  expect([front, worker].map(({ run }) => "inherits" in run)).toEqual([false, false]);
  expect(worker.session).toMatchObject({ mark: "public", tainted: false });
});
