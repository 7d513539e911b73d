import { approvalState, type Asking } from "../../../runtime/approval/approval-record";
import { readApproval, standingApproval } from "../../../runtime/approval/approvals";
import { requestDigest } from "../../../runtime/approval/digest";
import { ApprovalWorld, ASKING, exactRequest, GROUP } from "../../support/exchange/approvals";
import { codesOf } from "../../support/exchange/sessions";

const HIGHER: readonly (readonly [what: string, change: Partial<Asking>])[] = [
  ["read what a stranger may have written", { tainted: true }],
  ["a higher mark", { mark: "internal" }],
  ["more to show", { sensitivity: "confidential" }],
];
const TWO = { ...GROUP, people: 2 as const };
const DORA = { issuer: "https://login.acme.example", subject: "dora" };

async function askingIn(world: ApprovalWorld, handle: string): Promise<Asking | undefined> {
  return (await readApproval(world.state, handle))?.record.asking;
}

test.each(HIGHER)("an open request shows that a session that has %s asks for the same", async (_, change) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  expect(await world.ask({ asking: { ...ASKING, ...change } })).toBe(handle);
  expect(await askingIn(world, handle)).toEqual({ ...ASKING, ...change });
  expect(await world.ask()).toBe(handle);
  expect(await askingIn(world, handle)).toEqual({ ...ASKING, ...change });
});

test("reads of two sessions add up", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask({ asking: { ...ASKING, tainted: true } });
  await world.ask({ asking: { ...ASKING, mark: "internal", sensitivity: "confidential" } });
  expect(await askingIn(world, handle)).toMatchObject({ mark: "internal", tainted: true, sensitivity: "confidential" });
});

test.each(HIGHER)("an approval is requested anew for a session that has %s", async (_, change) => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  await world.decide(handle);
  const again = await world.ask({ asking: { ...ASKING, ...change } });
  expect(again).not.toBe(handle);
  expect(await askingIn(world, again)).toEqual({ ...ASKING, ...change });
  expect(await askingIn(world, handle)).toEqual(ASKING);
});

test("where one of two has approved, both are asked anew for a session that has read more", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask({ approval: TWO });
  await world.decide(handle);
  const again = await world.ask({ approval: TWO, asking: { ...ASKING, tainted: true } });
  expect(again).not.toBe(handle);
  expect((await readApproval(world.state, again))?.record.approvals).toEqual([]);
});

test("an approval for a session that had read more stands for one that has read less", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask({ asking: { ...ASKING, tainted: true, mark: "internal" } });
  await world.decide(handle);
  expect(await world.ask()).toBe(handle);
});

test("fails when what was refused is asked by a session that has read more", async () => {
  const world = new ApprovalWorld();
  await world.decide(await world.ask(), { verdict: "refused" });
  expect(await codesOf(world.ask({ asking: { ...ASKING, tainted: true } }))).toEqual(["approval.refused"]);
});

describe("where a task takes two people from now on", () => {
  const digest = requestDigest(exactRequest());

  test.each(["open", "approved"])("one that is %s by one counts for nothing, and both are asked", async (how) => {
    const world = new ApprovalWorld();
    const handle = await world.ask();
    if (how === "approved") await world.decide(handle);
    expect(await standingApproval(world.state, digest, TWO, world.now)).toBeUndefined();
    const again = await world.ask({ approval: TWO });
    expect(again).not.toBe(handle);
    await world.decide(again);
    const half = await standingApproval(world.state, digest, TWO, world.now);
    expect(half && approvalState(half.record, world.now)).toBe("pending");
    await world.decide(again, { by: DORA });
    const whole = await standingApproval(world.state, digest, TWO, world.now);
    expect(whole && approvalState(whole.record, world.now)).toBe("approved");
  });

  test("a refusal by one approver stands", async () => {
    const world = new ApprovalWorld();
    await world.decide(await world.ask(), { verdict: "refused" });
    expect(await codesOf(world.ask({ approval: TWO }))).toEqual(["approval.refused"]);
  });

  test("an approval by two stands where one is enough again", async () => {
    const world = new ApprovalWorld();
    const handle = await world.ask({ approval: TWO });
    await world.decide(handle);
    await world.decide(handle, { by: DORA });
    expect((await standingApproval(world.state, digest, GROUP, world.now))?.record.handle).toBe(handle);
  });
});
