import { restorationsEndpoint } from "../../../../runtime/exchange/http/operator-endpoints";
import { revoke } from "../../../../runtime/session/revocations";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import {
  agentOf,
  KILL_SWITCH,
  MALLORY,
  OLGA,
  OrdersWorld,
  refused,
  TRIAGE,
  WAITED,
} from "../../../support/exchange/orders-world";
import { NOW } from "../../../support/exchange/sessions";

const AGENT = { kind: "agent", id: TRIAGE } as const;
const ORDER = { ...AGENT, reason: "INC-7" };
const FIXED = { ...AGENT, reason: "fixed" };

async function stopped(): Promise<OrdersWorld> {
  const world = new OrdersWorld();
  await world.orders.revoke(ORDER, OLGA);
  world.now += WAITED;
  return world;
}

test("fails when the agent was ordered stopped again, and the operator has not seen that order", async () => {
  const world = await stopped();
  const restoring = { ...FIXED, last_ordered_at: NOW };
  await world.orders.revoke({ ...ORDER, reason: "INC-8: it does it again" }, { ...KILL_SWITCH, jti: "1" });
  world.now += WAITED;
  expect(await refused(world.orders.restore(restoring, OLGA))).toEqual(["restoration.ordered-again"]);
  expect(await world.restore(FIXED)).toMatchObject({ restored: true, reason: "INC-8: it does it again" });
});

test("an order within the second of the one before is seen too", async () => {
  const world = new OrdersWorld();
  await world.orders.revoke(ORDER, OLGA);
  await world.orders.revoke(ORDER, OLGA);
  world.now += WAITED;
  expect(await refused(world.orders.restore({ ...FIXED, last_ordered_at: NOW }, OLGA))).toEqual([
    "restoration.ordered-again",
  ]);
});

test.each([[{}], [{ last_ordered_at: NOW + 1 }], [{ last_ordered_at: 0 }]])(
  "fails when the restoration of what was ordered at NOW says %j",
  async (said) => {
    const world = await stopped();
    expect(await refused(world.orders.restore({ ...FIXED, ...said }, OLGA))).toEqual(["restoration.ordered-again"]);
  },
);

test.each([[{ last_ordered_at: "1" }], [{ last_ordered_at: 1.5 }], [{ last_ordered_at: null }]])(
  "fails when the time of the last order is malformed: %j",
  async (said) => {
    const world = await stopped();
    expect(await refused(world.orders.restore({ ...FIXED, ...said }, OLGA))).toEqual(["revocation.malformed"]);
  },
);

test("a user who was ordered stopped again is restored by the latest order alone", async () => {
  const world = new OrdersWorld();
  const user = { kind: "user", user: MALLORY, reason: "INC-7" };
  await world.orders.revoke(user, OLGA);
  world.now += 10;
  await world.orders.revoke(user, OLGA);
  world.now += 3_660;
  expect(await refused(world.orders.restore({ ...user, last_ordered_at: NOW }, OLGA))).toEqual([
    "restoration.ordered-again",
  ]);
  expect(await world.orders.restore({ ...user, last_ordered_at: NOW + 10 }, OLGA)).toMatchObject({ restored: true });
});

test("an order after another one moves no time to an earlier one, and its reason is the one that is listed", async () => {
  const world = new OrdersWorld();
  await world.orders.revoke(ORDER, OLGA);
  world.fleet = { ...exampleFleet, agentNamed: () => agentOf({}) };
  world.now += 100;
  const again = await world.orders.revoke({ ...ORDER, reason: "INC-8" }, { ...KILL_SWITCH, jti: "1" });
  const times = { revoked_at: NOW, last_ordered_at: NOW + 100, restorable_at: NOW + WAITED };
  expect(again).toMatchObject({ already: true, reason: "INC-8", by: KILL_SWITCH.issuer, ...times });
  world.now = NOW + WAITED;
  await world.orders.revoke(ORDER, OLGA);
  const { revocations } = await world.orders.list({}, OLGA);
  expect(revocations).toMatchObject([{ revoked_at: NOW, restorable_at: NOW + WAITED + 60 }]);
});

test("a second order never shortens a stop that ends by itself, and lengthens it where it lasts longer", async () => {
  const world = new OrdersWorld();
  const order = { kind: "token", id: "t", reason: "INC-7" };
  const { ends_at: first = 0 } = await world.orders.revoke(order, OLGA);
  world.now -= 5;
  expect(await world.orders.revoke(order, OLGA)).toMatchObject({ ends_at: first });
  world.now += 30;
  expect(await world.orders.revoke(order, OLGA)).toMatchObject({ ends_at: first + 25 });
});

test("a stop from before order ids is restored without one, and after a newer order with its id", async () => {
  const world = new OrdersWorld();
  await world.store.write([revoke(AGENT, { why: "x", by: "y", at: NOW }, undefined)]);
  world.now += WAITED;
  expect(await refused(world.orders.restore({ ...FIXED, last_ordered_at: NOW }, OLGA))).toEqual([
    "restoration.ordered-again",
  ]);
  await world.orders.revoke(ORDER, OLGA);
  world.now += WAITED;
  expect(await refused(world.orders.restore(FIXED, OLGA))).toEqual(["restoration.ordered-again"]);
  expect(await world.restore(FIXED)).toMatchObject({ restored: true });
});

test("the list has restorable_at by the longer of both declarations, and the clock to compare with", async () => {
  const world = new OrdersWorld();
  await world.store.write([revoke(AGENT, { why: "x", by: "y", at: NOW }, undefined)]);
  const listed = async () => (await world.orders.list({}, OLGA)).revocations[0];
  expect(await listed()).toMatchObject({ restorable_at: NOW + WAITED, now: NOW });
  world.fleet = { ...exampleFleet, agentNamed: () => undefined };
  world.now += 7;
  const { restorable_at: at = 0, now } = (await listed()) ?? {};
  expect([at, now]).toEqual([NOW + 7_260, NOW + 7]);
  world.now = at - 1;
  expect(await refused(world.orders.restore(FIXED, OLGA))).toEqual(["restoration.too-early", 1]);
  world.now = at;
  expect(await refused(world.orders.restore(FIXED, OLGA))).toEqual(["given"]);
});

test("over HTTP a restoration without the latest order is a conflict, and one that is too early is forbidden", async () => {
  const world = await stopped();
  const operators = { operator: async () => OLGA, orders: world.orders, refusals: { record: async () => undefined } };
  const endpoint = restorationsEndpoint({ operators, log: () => undefined } as never);
  const status = async (order: object) => {
    const headers = { "content-type": "application/json" };
    const path = "/operator/restorations";
    const raw = new Request(`https://exchange.example${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(order),
    });
    const answer = await endpoint({ req: { path, raw } } as never, async () => undefined);
    return (answer as Response).status;
  };
  expect(await status({ ...FIXED, last_ordered_at: NOW - 1 })).toBe(409);
  world.now -= 1;
  expect(await status({ ...FIXED, last_ordered_at: NOW })).toBe(403);
  world.now += 1;
  expect(await status({ ...FIXED, last_ordered_at: NOW })).toBe(200);
});
