import { AuditBehind, Backlog } from "../../../../runtime/audit/backlog";
import { MALLORY, OLGA, OrdersWorld, TRIAGE, WAITED, why } from "../../../support/exchange/orders-world";

/** Of a log into which nothing has come for long */
function behind(): OrdersWorld {
  const backlog = new Backlog({ alarmSeconds: 1, refuseSeconds: 2, refuseRecords: 1 });
  backlog.written("w", 1);
  return new OrdersWorld(undefined, backlog);
}

test("an agent and a user are stopped however far the audit log is behind", async () => {
  const world = behind();
  await world.orders.revoke({ kind: "agent", id: TRIAGE, ...why() }, OLGA);
  await world.orders.revoke({ kind: "user", user: MALLORY, ...why() }, OLGA);
  expect(world.events.map(({ kind }) => kind)).toEqual(["revocation.ordered", "revocation.ordered"]);
});

test("fails when one is to act again while the audit log is behind", async () => {
  const world = behind();
  await world.orders.revoke({ kind: "agent", id: TRIAGE, ...why() }, OLGA);
  world.now += 12 * 3_600 + WAITED;
  await expect(world.restore({ kind: "agent", id: TRIAGE, ...why() })).rejects.toBeInstanceOf(AuditBehind);
});
