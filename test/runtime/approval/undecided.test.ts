import { cancelledWrite, isUndecided, readApproval } from "../../../runtime/approval/approvals";
import { ApprovalWorld } from "../../support/exchange/approvals";

type Happened = (world: ApprovalWorld, handle: string) => Promise<unknown>;

test.each<readonly [what: string, happened: Happened, isSo: boolean]>([
  ["waits", async () => undefined, true],
  ["was approved", (world, handle) => world.decide(handle), false],
  ["was refused", (world, handle) => world.decide(handle, { verdict: "refused" }), false],
  ["is over", async (world) => (world.now += 3_600), false],
  [
    "was given up",
    async ({ state, store, now }, handle) => {
      const stored = await readApproval(state, handle);
      if (stored !== undefined) await store.write([cancelledWrite(state.epoch, stored, now)]);
    },
    false,
  ],
])("whether people may decide on a request that %s", async (_, happened, isSo) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await happened(world, handle);
  expect(await isUndecided(world.state, handle, world.now)).toBe(isSo);
});

test("there is nothing to decide on where no such request is known", async () => {
  const world = new ApprovalWorld();
  expect(await isUndecided(world.state, "A".repeat(43), world.now)).toBe(false);
});
