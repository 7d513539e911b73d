import { Messages } from "../../../runtime/exchange/messages/messages";
import type { Caller } from "../../../runtime/identity/caller";
import { revoke } from "../../../runtime/session/revocations";
import { seenKey } from "../../../runtime/store/keys";
import { StoreUnavailable } from "../../../runtime/store/store";
import { FaultyStore } from "../../support/faulty-store";
import { codesOf } from "../../support/exchange/sessions";
import { StateWorld } from "../../support/exchange/state-world";

/** A run of a desk that handed work on, and of the one that has it */
async function asking() {
  const world = new StateWorld();
  const own = await world.begin("support-triage", "answer");
  const other = await world.begin("researcher", "lookup", own);
  const never = (): never => {
    throw new Error("it is not asked");
  };
  const messages = new Messages({
    registry: { current: () => world.fleet },
    decider: { decide: never },
    state: async () => world.epoch,
    store: { write: never },
    ledger: { commit: never },
    clock: () => world.now,
    onFailure: () => undefined,
  });
  const stopped = (runs: string, by = own.spiffeId) =>
    messages.stopped([["runs", runs]], { spiffeId: by } as unknown as Caller);
  return { world, own, other, stopped };
}

const WHY = { why: "stolen", by: "security", at: 0 };

test("an agent learns which of its runs were stopped, and nothing is written or on record", async () => {
  const { world, own, stopped } = await asking();
  expect(await stopped(own.run)).toEqual({ stopped: [] });
  await world.store.write([revoke({ kind: "session", id: own.sid }, WHY, undefined)]);
  expect(await stopped(own.run)).toEqual({ stopped: [{ run: own.run, codes: ["session.revoked"] }] });
});

test("work that was handed on ends with the run that handed it on", async () => {
  const { world, own, other, stopped } = await asking();
  await world.store.write([revoke({ kind: "run", id: own.run }, WHY, undefined)]);
  const codes = ["run.revoked"];
  expect(await stopped(other.run, other.spiffeId)).toEqual({ stopped: [{ run: other.run, codes }] });
});

test("another agent's run and an unknown run get the same answer, so that runs cannot be probed", async () => {
  const { own, other, stopped } = await asking();
  const none = "x".repeat(22);
  expect(await stopped(`${own.run} ${other.run} ${none}`)).toEqual({
    stopped: [other.run, none].map((run) => ({ run, codes: ["run.unknown"] })),
  });
});

test.each(["", "short", `${"x".repeat(22)}  ${"y".repeat(22)}`, Array(65).fill("x".repeat(22)).join(" ")])(
  "fails where the runs are %j",
  async (runs) => {
    const { stopped } = await asking();
    expect(await codesOf(stopped(runs))).toEqual(["request.malformed"]);
  },
);

test("fails where the store cannot be read, so that the companion knows nothing", async () => {
  const { world, own, stopped } = await asking();
  const store = new FaultyStore(world.store);
  store.reading = () => {
    throw new StoreUnavailable("no answer");
  };
  world.store = store;
  expect(await codesOf(stopped(own.run))).toEqual(["store.unavailable"]);
});

test("fails where a newer registry was in force elsewhere, so that the companion knows nothing", async () => {
  const { world, own, stopped } = await asking();
  await world.store.write([{ kind: "put", key: seenKey(), value: world.fleet.revision + 1, when: "any" }]);
  expect(await codesOf(stopped(own.run))).toEqual(["registry.unavailable"]);
});
