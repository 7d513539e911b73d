import { askedWith } from "../../../../runtime/approval/asked-with";
import type { Run } from "../../../../runtime/session/session";
import { newRunWrite } from "../../../../runtime/session/runs";
import { revocationFacts } from "../../../../runtime/session/revocations";
import { ApprovalWorld, exactRequest } from "../../../support/exchange/approvals";
import { OLGA, OrdersWorld } from "../../../support/exchange/orders-world";
import { ALICE, EPOCH, NOW, runOf } from "../../../support/exchange/sessions";

/** The longest run, the longest request for approval, and the longest use of what was approved */
const LONGEST = 3_600 + 86_400 + 900;
/** Of streams, and of clocks */
const MARGINS = 300 + 60;
const DAY = { group: "support-leads", requestOpenSeconds: 86_400, decisionGoodForSeconds: 900 };

const evidence = { digest: "digest", until: NOW + LONGEST };
const byToken = (run: string, change: Partial<Run> = {}): Run =>
  runOf("front", { run, txn: "R1", task: "sweep", user: null, start: "schedule", evidence, ...change });
const started = (run: string) => ({ agent: "front", task: "sweep", evidence: "digest", run, txn: "R1" });
const order = (kind: string, id: string) => ({ kind, id, reason: "INC-7" });

async function worldWith(...runs: readonly Run[]) {
  const world = new OrdersWorld();
  await world.store.write(runs.map((run) => newRunWrite(EPOCH, run)));
  return world;
}

test.each(["chain", "run"])(
  "a %s that a start token began stays stopped for as long as the token could start again",
  async (kind) => {
    const world = await worldWith(byToken("R1", { expiresAt: NOW + 900 }));
    expect(await world.orders.revoke(order(kind, "R1"), OLGA)).toMatchObject({ ends_at: NOW + LONGEST + MARGINS });
  },
);

test.each<readonly [what: string, change: Partial<Run>]>([
  ["by a user's token", { user: ALICE, start: "user" }],
  ["by itself", { evidence: null, start: "agent" }],
])("a run that an agent began %s stays stopped until it is over: nothing starts again", async (_, change) => {
  const world = await worldWith(byToken("R1", { expiresAt: NOW + 900, ...change }));
  expect(await world.orders.revoke(order("run", "R1"), OLGA)).toMatchObject({ ends_at: NOW + 900 + MARGINS });
});

test("a chain stays stopped until the last of its first run and the one that names it is over", async () => {
  const user = { user: ALICE, start: "user" as const };
  const world = await worldWith(
    byToken("R1", { expiresAt: NOW + 300, ...user }),
    byToken("R2", { expiresAt: NOW + 600, ...user }),
  );
  expect(await world.orders.revoke(order("chain", "R2"), OLGA)).toMatchObject({ ends_at: NOW + 600 + MARGINS });
});

test("a chain of whose run nothing is known is stopped for as long as its token could start again, and the answer says so", async () => {
  const world = new OrdersWorld();
  expect(await world.orders.revoke(order("chain", "R1"), OLGA)).toMatchObject({
    kind: "run",
    id: "R1",
    known: false,
    ends_at: NOW + LONGEST + MARGINS,
  });
  expect(world.events).toMatchObject([{ kind: "revocation.ordered", facts: { id: "R1", known: false } }]);
});

test("a chain with a known run has no further note", async () => {
  const world = await worldWith(byToken("R1", { expiresAt: NOW + 900 }));
  expect(await world.orders.revoke(order("chain", "R1"), OLGA)).not.toHaveProperty("known");
  expect(world.events[0]?.facts).not.toHaveProperty("known");
});

test("a start token starts nothing in a chain that was revoked hours after its run was over and forgotten", async () => {
  const approvals = new ApprovalWorld();
  await approvals.ask({ start: started("R1"), approval: DAY });
  approvals.now = NOW + 20_000;
  const world = new OrdersWorld(approvals.store);
  world.now = approvals.now;
  const asked = () => askedWith(approvals.state, started("R1"), approvals.now);
  expect(await asked()).toMatchObject({ txn: "R1" });
  expect(await world.orders.revoke(order("chain", "R1"), OLGA)).toMatchObject({ known: false });
  expect(await asked()).toBeUndefined();
});

test("an unknown run is over by itself, so no stop is written", async () => {
  const world = new OrdersWorld();
  await expect(world.orders.revoke(order("run", "R1"), OLGA)).rejects.toThrow("revocation.target-unknown");
  expect(world.events).toEqual([]);
});

describe("a start token that starts again what waits for a person", () => {
  /** R1 has asked for a day and is over, R2 goes on, and its chain is revoked. */
  async function revoked() {
    const approvals = new ApprovalWorld();
    const { store } = approvals;
    await store.write([newRunWrite(EPOCH, byToken("R1", { expiresAt: NOW + 900 }))]);
    await approvals.ask({ start: started("R1"), approval: DAY });
    approvals.now = NOW + 20_000;
    const second = byToken("R2", { expiresAt: approvals.now + 3_600 });
    await store.write([newRunWrite(EPOCH, second)]);
    const world = new OrdersWorld(store);
    world.now = approvals.now;
    const told = await world.orders.revoke(order("chain", "R2"), OLGA);
    const asked = () => askedWith(approvals.state, started("R1"), approvals.now);
    return { approvals, second, told, asked };
  }

  test("has no run that goes on after its chain was revoked, and starts none anew, however late", async () => {
    const { approvals, second, told, asked } = await revoked();
    expect(told).toMatchObject({ kind: "run", id: "R1" });
    for (const seconds of [0, 1_500, 3_599, 60_000]) {
      approvals.now = NOW + 20_000 + seconds;
      expect((await revocationFacts(approvals.store, second, [])).revoked).toEqual(["run"]);
      expect(await asked()).toBeUndefined();
    }
  });

  test("starts none for what another run of the chain asked, where the first one waits for nothing any more", async () => {
    const { approvals, asked } = await revoked();
    approvals.now = NOW + 86_400 + 1_000;
    const request = exactRequest({ action: "other" });
    await approvals.ask({ start: started("R2"), approval: DAY, request });
    expect(await asked()).toBeUndefined();
  });
});
