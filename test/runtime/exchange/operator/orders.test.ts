import { restorableSeconds } from "../../../../runtime/exchange/operator/restorable";
import type { FleetAgent } from "../../../../runtime/registry/registry";
import { newRunWrite } from "../../../../runtime/session/runs";
import { revoke } from "../../../../runtime/session/revocations";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { EPOCH, NOW, runOf } from "../../../support/exchange/sessions";
import {
  agentOf,
  KILL_SWITCH,
  MALLORY,
  OLGA,
  OrdersWorld as World,
  refused,
  TRIAGE,
  WAITED,
  why,
} from "../../../support/exchange/orders-world";
import { userDigest } from "../../../../runtime/store/user-digest";

test("an agent acts again once nothing that it was given before is good any more, and not a second sooner", async () => {
  const world = new World();
  await world.orders.revoke({ kind: "agent", id: TRIAGE, ...why() }, OLGA);
  const order = { kind: "agent", id: TRIAGE, ...why("false alarm") };
  expect(await refused(world.restore(order))).toEqual(["restoration.too-early", WAITED]);
  world.now += WAITED - 1;
  expect(await refused(world.restore(order))).toEqual(["restoration.too-early", 1]);
  world.now += 1;
  expect(await world.restore(order)).toMatchObject({ kind: "agent", id: TRIAGE, restored: true });
  expect(await refused(world.restore(order))).toEqual(["restoration.not-revoked"]);
  expect(await world.orders.list({}, OLGA)).toEqual({ revocations: [] });
});

test("a later registry that lets an agent hold things for less, or drops it, makes no restoration earlier", async () => {
  const world = new World();
  await world.orders.revoke({ kind: "agent", id: TRIAGE, ...why() }, OLGA);
  world.fleet = { ...exampleFleet, agentNamed: () => agentOf({}) };
  world.now += WAITED - 60;
  expect(await refused(world.restore({ kind: "agent", id: TRIAGE, ...why() }))).toEqual(["restoration.too-early", 60]);
  world.fleet = { ...exampleFleet, agentNamed: () => undefined };
  expect(await refused(world.restore({ kind: "agent", id: TRIAGE, ...why() }))).toEqual([
    "restoration.too-early",
    7_260 - WAITED + 60,
  ]);
});

test.each<readonly [what: string, agent: FleetAgent | undefined, seconds: number]>([
  ["one that holds nothing", agentOf({}), 60],
  ["one with a path that works on", agentOf({ horizon: [{ path: "aws", seconds: 900, because: "" }] }), 960],
  ["one whose horizon the registry does not tell", agentOf({ horizon: undefined }), 7_260],
  ["one that is not declared any more", undefined, 7_260],
])("nothing is good any more of %s after %3$i s", (_, agent, seconds) => {
  expect(restorableSeconds(exampleFleet, agent)).toBe(seconds);
});

test("runs, what started them, and what people decide on and approve are waited out", () => {
  const task = exampleFleet.agentNamed(TRIAGE)?.tasks.get("refund");
  if (task === undefined) throw new Error("no such task");
  const waits = (change: object) =>
    restorableSeconds(
      exampleFleet,
      agentOf({ tasks: new Map([["refund", { ...task, ttlSeconds: 900, ...change }]]) }),
    ) - 60;
  expect(waits({ startedBy: ["delegation"], approval: undefined })).toBe(900);
  expect(waits({ startedBy: ["delegation"], approval: undefined, ttlSeconds: 3_000 })).toBe(3_000);
  expect(waits({ startedBy: ["user"], approval: undefined })).toBe(3_600);
  const approval = { group: "g", requestOpenSeconds: 3_600, decisionGoodForSeconds: 901 };
  expect(waits({ startedBy: ["delegation"], approval })).toBe(4_501);
});

test("a user acts again after an hour", async () => {
  const world = new World();
  await world.orders.revoke({ kind: "user", user: MALLORY, ...why() }, OLGA);
  world.now += 3_659;
  const order = { kind: "user", user: MALLORY, ...why("was not him") };
  expect(await refused(world.restore(order))).toEqual(["restoration.too-early", 1]);
  world.now += 1;
  expect(await world.restore(order)).toMatchObject({ user: MALLORY, restored: true });
});

test("a stop from before orders is waited out by the present declaration", async () => {
  const world = new World();
  await world.store.write([revoke({ kind: "agent", id: TRIAGE }, { why: "x", by: "y", at: NOW }, undefined)]);
  expect(await refused(world.restore({ kind: "agent", id: TRIAGE, ...why() }))).toEqual([
    "restoration.too-early",
    WAITED,
  ]);
});

test("fails when a run is to be restored: it is over by itself", async () => {
  const world = new World();
  expect(await refused(world.restore({ kind: "run", id: "r", ...why() }))).toEqual(["revocation.malformed"]);
});

test("each order is on record with who, why and what, and names no user", async () => {
  const world = new World();
  await world.orders.revoke({ kind: "user", user: MALLORY, ...why() }, OLGA);
  await world.orders.revoke({ kind: "user", user: MALLORY, ...why("again") }, { ...KILL_SWITCH, jti: "1" });
  world.now += 4_000;
  await world.restore({ kind: "user", user: MALLORY, ...why("cleared") });
  const by = userDigest({ issuer: "https://login.acme.example", subject: "olga" });
  expect(world.events.map(({ kind, facts }) => ({ kind, ...facts }))).toEqual([
    { kind: "revocation.ordered", target: "user", user: expect.any(String), why: "INC-7", by, already: false },
    {
      kind: "revocation.ordered",
      target: "user",
      user: expect.any(String),
      why: "again",
      killSwitch: KILL_SWITCH.issuer,
      already: true,
    },
    { kind: "revocation.restored", target: "user", user: expect.any(String), why: "cleared", by },
  ]);
  expect(JSON.stringify(world.events)).not.toContain("mallory");
});

test("a chain that a user started is named by any run of it, and stays stopped until its last known run is over", async () => {
  const world = new World();
  const first = runOf("front", { run: "first-run", txn: "first-run", expiresAt: NOW + 600 });
  const second = runOf("reader", { run: "second-run", txn: "first-run", expiresAt: NOW + 300 });
  await world.store.write([newRunWrite(EPOCH, first), newRunWrite(EPOCH, second)]);
  const stopped = await world.orders.revoke({ kind: "chain", id: "second-run", ...why() }, OLGA);
  expect(stopped).toMatchObject({ kind: "run", id: "first-run", ends_at: NOW + 600 + 300 + 60 });
  const run = await world.orders.revoke({ kind: "run", id: "second-run", ...why() }, OLGA);
  expect(run).toMatchObject({ kind: "run", id: "second-run", ends_at: NOW + 300 + 300 + 60 });
});

test.each<readonly [kind: string, seconds: number]>([
  ["session", 12 * 3_600 + 360],
  ["token", 300 + 360],
])("a %s stays stopped for as long as any could last", async (kind, seconds) => {
  const world = new World();
  expect(await world.orders.revoke({ kind, id: "x", ...why() }, OLGA)).toMatchObject({ ends_at: NOW + seconds });
});

test("stops are listed page by page, of all kinds or of one", async () => {
  const world = new World();
  const ids = Array.from({ length: 150 }, (_, index) => `s#${index}`);
  for (const id of ids) await world.orders.revoke({ kind: "session", id, ...why() }, OLGA);
  await world.orders.revoke({ kind: "agent", id: TRIAGE, ...why() }, OLGA);
  const first = await world.orders.list({}, OLGA);
  const rest = await world.orders.list({ after: first.next ?? "" }, OLGA);
  const all = [...first.revocations, ...rest.revocations];
  expect([first.revocations.length, rest.revocations.length, rest.next]).toEqual([100, 51, undefined]);
  expect(new Set(all.map(({ id }) => id))).toEqual(new Set([...ids, TRIAGE]));
  const { revocations } = await world.orders.list({ kind: "agent" }, OLGA);
  expect(revocations).toEqual([
    {
      kind: "agent",
      id: TRIAGE,
      reason: "INC-7",
      by: "olga of https://login.acme.example",
      revoked_at: NOW,
      last_ordered_at: NOW,
      restorable_at: NOW + WAITED,
      now: NOW,
      roles: ["arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage"],
    },
  ]);
});

test.each([{ kind: "fleet" }, { page: "2" }])("fails when the list is asked for with %j", async (query) => {
  expect(await refused(new World().orders.list(query, OLGA))).toEqual(["revocation.malformed"]);
});

test("orders for the same at once stop it once, and all are answered, each with its own reason", async () => {
  const world = new World();
  const order = (jti: string) =>
    world.orders.revoke({ kind: "agent", id: TRIAGE, ...why(jti) }, { ...KILL_SWITCH, jti });
  const answers = await Promise.all(["1", "2", "3"].map(order));
  expect(answers.filter(({ already }) => !already)).toHaveLength(1);
  expect(answers.map(({ reason }) => reason)).toEqual(["1", "2", "3"]);
  expect(new Set(answers.map(({ last_ordered_at: at }) => at))).toEqual(new Set([NOW, NOW + 1, NOW + 2]));
});
