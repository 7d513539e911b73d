import type { Approval, Decision, TaskAnswer } from "../../../support/arap/pep";
import { AccessWorld, type Denied, type Refunded } from "../../../support/exchange/access-world";
import type { Held } from "../../../support/exchange/stop-world";

const world = new AccessWorld();

beforeAll(() => world.begin());
afterAll(() => world.close());

interface Approved {
  readonly user: string;
  readonly run: Held;
  readonly denied: Denied;
  readonly approval: Approval;
}

const approved = async (amount = 5, user = world.user()): Promise<Approved> => {
  const run = await world.refunds(user);
  const pep = world.pep(run.claims.run);
  const denied = await world.denied(run, { amount });
  const task = await pep.submit(denied, pep.submission(denied.evaluation, denied));
  await world.decides(denied.access_request.id, "approved");
  return { user, run, denied, approval: shownIn(pep.approval(await pep.status(task), new Date(world.now * 1_000))) };
};
const shownIn = (approval: Approval | undefined): Approval => {
  if (approval === undefined) throw new Error("nothing was approved");
  return approval;
};
const next = ({ run }: Pick<Approved, "run">, told: Decision): string => world.pep(run.claims.run).next(told);

test("denied, submitted, approved and evaluated again, the call goes out once", async () => {
  const { run, approval } = await approved();
  expect(await world.refund(run, { approval: approval.id })).toEqual({ isOut: true });
  const { denied } = await world.refund(run, { approval: approval.id });
  expect(denied?.context).toMatchObject({ reason: "approval_expired", next_action: "request", access_request: {} });
  expect(next({ run }, denied as Denied)).toBe("request");
});

test("what people approved of the call counts without being shown, too", async () => {
  const { run } = await approved();
  expect(await world.refund(run)).toEqual({ isOut: true });
});

test.each<readonly [string, (each: Approved) => Promise<Refunded>, string]>([
  ["another amount", ({ run, approval }) => world.refund(run, { amount: 6, approval: approval.id }), "out_of_scope"],
  [
    "another amount, and that of the first one used up",
    async ({ run, approval }) => {
      await world.refund(run, { approval: approval.id });
      return world.refund(run, { amount: 6, approval: approval.id });
    },
    "out_of_scope",
  ],
  [
    "its time over",
    async ({ user, approval }) => {
      world.now += 301;
      return world.refund(await world.refunds(user), { approval: approval.id });
    },
    "approval_expired",
  ],
])("of a call with %s, the approval counts for nothing, and people are asked anew", async (_, again, reason) => {
  const before = world.now;
  try {
    const each = await approved();
    const { denied, isOut } = await again(each);
    expect([isOut, denied?.context?.reason, denied?.context?.next_action]).toEqual([false, reason, "request"]);
    expect(next(each, denied as Denied)).toBe("request");
  } finally {
    world.now = before;
  }
});

test.each<readonly [string, boolean, (each: Approved) => Promise<unknown>]>([
  [
    "again, after its call went out",
    true,
    async ({ run, approval }) => {
      await world.refund(run, { approval: approval.id });
      await world.refund(run, { approval: approval.id });
    },
  ],
  ["for another amount", true, ({ run, approval }) => world.refund(run, { amount: 6, approval: approval.id })],
  ["for its own call", false, ({ run, approval }) => world.refund(run, { approval: approval.id })],
  [
    "after its time",
    false,
    async ({ user, approval }) => {
      world.now += 301;
      await world.refund(await world.refunds(user), { approval: approval.id });
    },
  ],
])("an approval that is shown %s is told as a replay: %s", async (_, isReplay, shows) => {
  const before = world.now;
  try {
    const each = await approved();
    const told = world.replays.length;
    await shows(each);
    const { spiffeId = "" } = world.fleet?.agentNamed("support-triage") ?? {};
    expect(world.replays.slice(told)).toEqual(isReplay ? [`${spiffeId} refund`] : []);
  } finally {
    world.now = before;
  }
});

test("an approval of another call does not use up the right one", async () => {
  const each = await approved();
  await world.refund(each.run, { amount: 6, approval: each.approval.id });
  expect(await world.refund(each.run, { approval: each.approval.id })).toEqual({ isOut: true });
});

describe("an approval is unverifiable, and the call does not go out, where", () => {
  test.each<readonly [string, (each: Approved) => Promise<string>]>([
    ["it is of another user's run", async () => (await approved()).approval.id],
    ["it is made up", async () => `apr_${"A".repeat(43)}`],
    ["it is the id of a task", async ({ approval }) => approval.id.replace("apr_", "arq_")],
    ["no person has decided", async ({ run }) => (await pendingOf(run)).task.id.replace("arq_", "apr_")],
    ["it is no id", async () => "x"],
  ])("%s, and what was approved is not used up", async (_, idOf) => {
    const each = await approved();
    const told = await world.refund(each.run, { approval: await idOf(each) });
    expect(told).toEqual({ isOut: false, codes: ["approval.unverifiable"] });
    expect(await world.refund(each.run)).toEqual({ isOut: true });
  });
});

async function pendingOf(run: Held): Promise<TaskAnswer> {
  const pep = world.pep(run.claims.run);
  const denied = await world.denied(run, { amount: 9 });
  return pep.submit(denied, pep.submission(denied.evaluation, denied));
}
