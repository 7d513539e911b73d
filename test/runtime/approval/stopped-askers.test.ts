import { Refusal } from "../../../runtime/refusal/refusal";
import { readApproval } from "../../../runtime/approval/approvals";
import { revoke, type Target } from "../../../runtime/session/revocations";
import { ApprovalWorld } from "../../support/exchange/approvals";
import { ALICE, NOW } from "../../support/exchange/sessions";

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
])("fails when a person decides on a request and %s is revoked, whatever the verdict", async (_, target) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke(target, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decide.stopped");
  expect(await code(world.decide(handle, { verdict: "refused" }))).toBe("decide.stopped");
  expect((await readApproval(world.state, handle))?.record.decision).toBeNull();
  expect(world.events).toEqual([]);
});

test("a person decides although another agent is revoked", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.store.write([revoke({ kind: "agent", id: "reader" }, WHY, undefined)]);
  expect(await code(world.decide(handle))).toBe("decided");
});

test("a request that an exchange of before opened is decided on", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const stored = await readApproval(world.state, handle);
  const { agents: _, ...before } = stored?.record ?? {};
  const [key] = [{ partition: `approval#${world.state.epoch}#${handle}`, sort: "approval" }];
  await world.store.write([{ kind: "put", key, value: before as never, when: "any" }]);
  expect(await code(world.decide(handle))).toBe("decided");
});
