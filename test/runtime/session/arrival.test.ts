import { type SensitivityName, type Start } from "../../../domain";
import { Refusal } from "../../../runtime/refusal/refusal";
import { type FleetWay } from "../../../runtime/registry/registry";
import { arrivalOf } from "../../../runtime/session/arrival";
import { SessionWorld } from "../../support/exchange/session-world";
import { NOW } from "../../support/exchange/sessions";

const way = (sensitivity: SensitivityName, untrusted?: boolean): FleetWay => ({
  name: sensitivity,
  sensitivity,
  clearance: "restricted",
  untrusted,
});
const nothing = undefined;

const ROWS: readonly (readonly [string, Start, readonly FleetWay[], ReturnType<typeof arrivalOf>])[] = [
  ["a task that is not served", "user", [], nothing],
  ["what the agent starts itself", "agent", [way("restricted", true)], nothing],
  ["a user", "user", [way("internal")], { mark: "internal", tainted: false }],
  ["a user who may send anything", "user", [way("internal", true)], { mark: "internal", tainted: true }],
  ["a schedule", "schedule", [way("internal")], { mark: "internal", tainted: true }],
  ["a schedule whose text is the platform's", "schedule", [way("public", false)], { mark: "public", tainted: false }],
  ["an event", "event", [way("confidential")], { mark: "confidential", tainted: true }],
  ["another agent, which knows what it knows", "delegation", [way("public")], { mark: "public", tainted: false }],
  [
    "a user, by the highest of several ways in",
    "user",
    [way("confidential"), way("public", true)],
    { mark: "confidential", tainted: true },
  ],
];

test.each(ROWS)("data that arrives for %s is counted before the agent gets it", (_, start, servedBy, arrival) => {
  expect(arrivalOf({ servedBy }, start)).toEqual(arrival);
});

const CONFIDENTIAL = { mark: "confidential", tainted: true } as const;

test("a new run has read its request, and its delegator has not", async () => {
  const world = new SessionWorld();
  const front = await world.begin("front", { by: "user", evidence: "one" });
  expect(await world.session("front")).toMatchObject({ mark: "public", tainted: false });
  await world.begin("worker", { by: "delegation", parent: front, arrival: CONFIDENTIAL });
  expect(await world.session("worker")).toMatchObject(CONFIDENTIAL);
  expect(await world.session("front")).toMatchObject({ mark: "public", tainted: false });
});

test("a lower message does not lower the mark", async () => {
  const world = new SessionWorld();
  const run = await world.begin("front", { by: "user", evidence: "one" });
  await world.raise(run, { mark: "restricted", tainted: true });
  await world.begin("front", { by: "user", evidence: "one", arrival: { mark: "internal", tainted: false } });
  expect(await world.session("front")).toMatchObject({ mark: "restricted", tainted: true });
});

test("a clean session begins with the arriving message, and with nothing older", async () => {
  const world = new SessionWorld();
  const run = await world.begin("front", { by: "user", evidence: "one" });
  await world.raise(run, { mark: "restricted", tainted: true });
  const arrival = { mark: "internal", tainted: false } as const;
  await world.begin("front", { by: "user", evidence: "two", newSession: true, arrival });
  expect(await world.session("front")).toMatchObject(arrival);
});

test("fails when credentials could still write below what arrives, until they have expired", async () => {
  const world = new SessionWorld();
  const run = await world.begin("front", { by: "user", evidence: "one" });
  await world.raise(run, { writable: { sensitivity: "public", until: NOW + 600 } });
  const again = () => world.begin("front", { by: "user", evidence: "one", arrival: CONFIDENTIAL });
  const refused = await again().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect((refused as Refusal).reasons.map(({ code }) => code)).toEqual(["mark.credential-below"]);
  expect((refused as Refusal).waiting?.seconds).toBe(600);
  expect(await world.session("front")).toMatchObject({ mark: "public", tainted: false });
  world.now += 601;
  await again();
  expect(await world.session("front")).toMatchObject(CONFIDENTIAL);
});

test("is no matter where credentials write nothing lower", async () => {
  const world = new SessionWorld();
  const run = await world.begin("front", { by: "user", evidence: "one" });
  await world.raise(run, { writable: { sensitivity: "confidential", until: NOW + 600 } });
  await world.begin("front", { by: "user", evidence: "one", arrival: CONFIDENTIAL });
  expect(await world.session("front")).toMatchObject(CONFIDENTIAL);
});
