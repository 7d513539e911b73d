import type { ApprovalRecord } from "../../../runtime/approval/approval-record";
import { NO_NOTICES } from "../../../runtime/approval/approver-notices";
import { decide } from "../../../runtime/approval/decide";
import { exampleFleet } from "../../support/exchange/example-fleet";
import { callOf, CARLA, SERVICE, StateWorld } from "../../support/exchange/state-world";

const SPIFFE_ID = exampleFleet.agentNamed("refund-clerk")?.spiffeId ?? "";
const GROUP = "finance-controllers";

/** Exchanges over one store, each of which tells what it opened */
function exchanges(count: number) {
  const told: ApprovalRecord[] = [];
  const [first = new StateWorld(), ...others] = Array.from({ length: count }, () => new StateWorld());
  for (const world of [first, ...others]) {
    world.store = first.store;
    world.notices = { ...NO_NOTICES, requested: (record) => void told.push(record) };
    world.declare(SPIFFE_ID, "payout", { budgets: {} });
  }
  return { told, worlds: [first, ...others] as const };
}

async function asks(world: StateWorld, amount = 5) {
  const run = await world.begin("refund-clerk", "payout");
  const claims = world.claims(run, "payments");
  const about = { claims, call: callOf(claims, { action: "refund" }), arguments: { amount } };
  return async (by = world) => {
    const { versions } = await by.state.read(about);
    return by.state.ask({ ...about, versions: [...versions], revision: 9 }, SERVICE);
  };
}

test("a repeated request is announced once", async () => {
  const { told, worlds } = exchanges(1);
  const [world] = worlds;
  const again = await asks(world);
  const answers = [await again(), await again(), await (await asks(world))()];
  expect(told.map(({ handle }) => handle)).toEqual([answers[0]?.accessRequest?.id]);
  expect(new Set(answers.map(({ accessRequest }) => accessRequest?.id)).size).toBe(1);
});

test("of several concurrent exchanges the one that opens the request announces it", async () => {
  const { told, worlds } = exchanges(3);
  const [first] = worlds;
  const asking = [await asks(first), await asks(first), await asks(first)];
  const answers = await Promise.all(worlds.map((world, index) => asking[index]?.(world)));
  expect(told.map(({ handle }) => handle)).toEqual([answers[0]?.accessRequest?.id]);
});

test("another request is announced, and so is the same one after it expired", async () => {
  const { told, worlds } = exchanges(1);
  const [world] = worlds;
  await (
    await asks(world, 5)
  )();
  await (
    await asks(world, 6)
  )();
  world.now += 3_600;
  await (
    await asks(world, 5)
  )();
  expect(told.map(({ request }) => request.arguments)).toEqual([{ amount: 5 }, { amount: 6 }, { amount: 5 }]);
});

test("a request that is already approved, or cannot be written, is not announced", async () => {
  const { told, worlds } = exchanges(1);
  const [world] = worlds;
  const ask = await asks(world);
  const { accessRequest } = await ask();
  const by = { ...CARLA, email: "carla@acme.example" };
  const ledger = { commit: ({ writes }: { writes: readonly never[] }) => world.store.write(writes) };
  const decision = { by, authenticatedAt: world.now, group: GROUP, verdict: "approved" as const, now: world.now };
  await decide(world.epoch, ledger as never, accessRequest?.id ?? "", decision);
  expect((await ask()).accessRequest).toBeUndefined();
  world.beforeCommit = () => Promise.reject(new Error("the store is away"));
  await expect((await asks(world, 7))()).rejects.toThrow("the store is away");
  expect(told).toHaveLength(1);
});
