import { Refusal } from "../../../runtime/refusal/refusal";
import { readApproval } from "../../../runtime/approval/approvals";
import { endLogins } from "../../../runtime/session/ended-logins";
import { newRunWrite } from "../../../runtime/session/runs";
import type { Run } from "../../../runtime/session/session";
import { revoke, type Target } from "../../../runtime/session/revocations";
import { ApprovalWorld } from "../../support/exchange/approvals";
import { ALICE, EPOCH, NOW, runOf } from "../../support/exchange/sessions";

const WHY = { why: "incident 7", by: "on-call", at: NOW };

async function code(deciding: Promise<unknown>): Promise<string> {
  return deciding.then(
    () => "decided",
    (error: unknown) => (error instanceof Refusal ? error.message : String(error)),
  );
}

test.each<readonly [what: string, target: Target]>([
  ["the agent that asked", { kind: "agent", id: "worker" }],
  ["the agent that handed it the work", { kind: "agent", id: "front" }],
  ["the user served", { kind: "user", user: ALICE }],
  ["the run that asked", { kind: "run", id: "run-1" }],
  ["its transaction", { kind: "run", id: "txn-1" }],
  ["the run that handed it the work", { kind: "run", id: "run-0" }],
  ["the session that asked", { kind: "session", id: "sid-1" }],
  ["the session that handed it the work", { kind: "session", id: "sid-0" }],
])("fails when a person decides on a request and %s is revoked, for either verdict", async (_, target) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke(target, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decide.stopped");
  expect(await code(world.decide(handle, { verdict: "refused" }))).toBe("decide.stopped");
  expect((await readApproval(world.state, handle))?.record.decision).toBeNull();
  expect(world.events).toEqual([]);
});

test.each<readonly [what: string, target: Target]>([
  ["agent", { kind: "agent", id: "reader" }],
  ["run", { kind: "run", id: "run-2" }],
  ["session", { kind: "session", id: "sid-2" }],
])("a person decides although another %s is revoked", async (_, target) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke(target, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decided");
});

const ANOTHER = { runs: ["run-2", "txn-2"], sessions: ["sid-2"] };
const login = (issuedAt: number) => ({ evidence: { digest: "d", until: NOW + 3_600, issuedAt } });
const runs = (first: Partial<Run>, second: Partial<Run> = {}) => [
  newRunWrite(EPOCH, runOf("worker", { run: "run-1", user: ALICE, ...first })),
  newRunWrite(EPOCH, runOf("worker", { run: "run-2", user: ALICE, ...second })),
];

test.each<readonly [what: string, first: Partial<Run>, outcome: string]>([
  ["that login", login(NOW - 20), "decide.stopped"],
  ["a later login", login(NOW), "decided"],
])("where a login of the user has ended, a request of a run that began by %s is %3$s", async (_, first, outcome) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([...runs(first), endLogins(ALICE, undefined, { before: NOW - 10, at: NOW })]);
  expect(await code(world.decide(handle))).toBe(outcome);
});

test("fails when a login of the user has ended and the run that asked is not known any more", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([endLogins(ALICE, undefined, { before: NOW - 10, at: NOW })]);
  expect(await code(world.decide(handle))).toBe("decide.stopped");
});

test("once the login behind the requesting run has ended, the request waits for a run of a later login", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const all = runs(login(NOW - 20), login(NOW));
  await world.store.write([...all, endLogins(ALICE, undefined, { before: NOW - 10, at: NOW })]);
  expect(await world.ask(ANOTHER)).toBe(handle);
  expect(await code(world.decide(handle))).toBe("decided");
});

test("where the run that asked is stopped, the request waits for another one that asks for the same", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke({ kind: "run", id: "run-1" }, WHY, undefined)]);
  expect(await world.ask(ANOTHER)).toBe(handle);
  expect(await code(world.decide(handle))).toBe("decided");
});

test("where nothing is stopped, another run that asks for the same changes nothing", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const before = await readApproval(world.state, handle);
  expect(await world.ask(ANOTHER)).toBe(handle);
  expect(await readApproval(world.state, handle)).toEqual(before);
  await world.store.write([revoke({ kind: "run", id: "run-2" }, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decided");
});

test("fails when both runs that asked for the same are stopped", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke({ kind: "run", id: "run-1" }, WHY, undefined)]);
  await world.ask(ANOTHER);
  await world.store.write([revoke({ kind: "session", id: "sid-2" }, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decide.stopped");
});

test("a request opened by an older exchange can be decided", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const stored = await readApproval(world.state, handle);
  const { agents: _, runs: __, sessions: ___, ...before } = stored?.record ?? {};
  const [key] = [{ partition: `approval#${world.state.epoch}#${handle}`, sort: "approval" }];
  await world.store.write([{ kind: "put", key, value: before as never, when: "any" }]);
  expect(await code(world.decide(handle))).toBe("decided");
});
