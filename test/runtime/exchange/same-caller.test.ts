import type { Start, User } from "../../../domain";
import { isSameCaller } from "../../../runtime/exchange/issue/same-caller";
import type { ProvenStart } from "../../../runtime/session/evidence";
import type { Run } from "../../../runtime/session/session";
import { runOf } from "../../support/exchange/sessions";

const ALICE: User = { issuer: "https://login.acme.example", subject: "alice" };
const NOTHING: ProvenStart = {
  by: "agent",
  user: null,
  expiresAt: undefined,
  parent: undefined,
  parentToken: undefined,
  outside: undefined,
};

const digest = (name: string) => ({ digest: name, until: 0 });
const byUser = (user: User | null): ProvenStart => ({ ...NOTHING, by: "user", user });
const byToken = (by: Start, name: string): ProvenStart => ({
  ...NOTHING,
  by,
  outside: { ...digest(name), single: true, newSession: false },
});
const byParent = (change: Partial<Run> = {}): ProvenStart => ({ ...NOTHING, by: "delegation", parent: parent(change) });
const parent = (change: Partial<Run> = {}): Run => runOf("front", { run: "run-of-front", ...change });

const OF_USER = runOf("worker", { start: "user", user: ALICE, chain: [] });
const OF_SCHEDULE = runOf("worker", { start: "schedule", user: null, evidence: digest("one"), chain: [] });
const { spiffeId, agent, task, run, sid } = parent();
const HOP = { spiffeId, agent, task, run, sid };
const HANDED_ON = runOf("worker", { start: "delegation", user: ALICE, evidence: digest("one"), chain: [HOP] });

test.each<readonly [string, Run, ProvenStart]>([
  ["the user", OF_USER, byUser(ALICE)],
  [
    "the user by another spelling of the issuer",
    OF_USER,
    byUser({ ...ALICE, issuer: "https://LOGIN.acme.example:443/" }),
  ],
  ["the start token", OF_SCHEDULE, byToken("schedule", "one")],
  ["the delegator's run", HANDED_ON, byParent()],
  ["the last of several delegators", { ...HANDED_ON, chain: [{ ...HOP, run: "first" }, HOP] }, byParent()],
])("%s is the caller of the run", (_, of, proven) => {
  expect(isSameCaller(of, proven)).toBe(true);
});

test.each<readonly [string, Run, ProvenStart]>([
  ["another user", OF_USER, byUser({ ...ALICE, subject: "bob" })],
  ["a user of the same name in capitals", OF_USER, byUser({ ...ALICE, subject: "Alice" })],
  ["a user of the same name at another issuer", OF_USER, byUser({ ...ALICE, issuer: "https://login.other.example" })],
  ["no user", OF_USER, byUser(null)],
  ["the user of what an agent handed on", HANDED_ON, byUser(ALICE)],
  ["a user of a run without a user", { ...OF_USER, user: null }, byUser(ALICE)],
  ["another start token", OF_SCHEDULE, byToken("schedule", "two")],
  ["the start token as that of an event", OF_SCHEDULE, byToken("event", "one")],
  ["the start token of what was handed on with it", HANDED_ON, byToken("schedule", "one")],
  ["a start token for a run without evidence", { ...OF_SCHEDULE, evidence: null }, byToken("schedule", "one")],
  ["no start token", { ...OF_SCHEDULE, evidence: null }, { ...NOTHING, by: "schedule" }],
  ["another run of the delegator", HANDED_ON, byParent({ run: "run-of-another" })],
  ["another task of the delegator", HANDED_ON, byParent({ task: "another" })],
  ["another agent", HANDED_ON, byParent({ agent: "another" })],
  ["another workload", HANDED_ON, byParent({ spiffeId: "spiffe://prod.acme.example/ns/a/sa/another" })],
  ["a delegator further up", { ...HANDED_ON, chain: [HOP, { ...HOP, run: "last" }] }, byParent()],
  ["no delegator", { ...HANDED_ON, chain: [] }, { ...NOTHING, by: "delegation" }],
  ["the agent itself", runOf("worker", { start: "agent", user: null, evidence: null, chain: [] }), NOTHING],
])("fails when it is %s", (_, of, proven) => {
  expect(isSameCaller(of, proven)).toBe(false);
});
