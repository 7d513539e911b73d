import { endLogins } from "../../../../runtime/session/ended-logins";
import { KILL_SWITCH, OLGA, OrdersWorld, refused, TRIAGE, WAITED } from "../../../support/exchange/orders-world";
import { NOW } from "../../../support/exchange/sessions";
import { meanwhile } from "../../../support/meanwhile";

const AGENT = { kind: "agent", id: TRIAGE } as const;
const ORDER = { ...AGENT, reason: "INC-7" };
const olga = { issuer: "https://login.acme.example", subject: "olga" };
const ended = (before = NOW) => [endLogins(olga, undefined, { before, at: NOW })];

async function isStopped(world: OrdersWorld): Promise<boolean> {
  const { revocations } = await world.orders.list({ kind: "agent" }, OLGA);
  return revocations.length > 0;
}

test("an operator whose login is ended while an order is carried out stops nothing", async () => {
  const world = new OrdersWorld();
  meanwhile(world.store, ended());
  expect(await refused(world.orders.revoke(ORDER, OLGA))).toEqual(["person.stale-login"]);
  expect([await isStopped(world), world.events]).toEqual([false, []]);
});

test("an operator whose login is ended while an agent is restored restores nothing", async () => {
  const world = new OrdersWorld();
  await world.orders.revoke(ORDER, { ...KILL_SWITCH, jti: "1" });
  world.now += WAITED;
  meanwhile(world.store, ended());
  expect(await refused(world.restore({ ...AGENT, reason: "fixed" }))).toEqual(["person.stale-login"]);
  expect(await isStopped(world)).toBe(true);
});

test("a login after the end gives orders", async () => {
  const world = new OrdersWorld();
  meanwhile(world.store, ended(NOW - 61));
  expect(await world.orders.revoke(ORDER, OLGA)).toMatchObject({ kind: "agent", already: false });
});

test("the end of a person's login keeps no order of the kill switch", async () => {
  const world = new OrdersWorld();
  meanwhile(world.store, ended());
  expect(await world.orders.revoke(ORDER, { ...KILL_SWITCH, jti: "1" })).toMatchObject({ kind: "agent" });
});
