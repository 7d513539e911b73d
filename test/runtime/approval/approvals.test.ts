import type { ApprovalRequest } from "../../../runtime/approval/approvals";
import { ask, readApproval, spendApprovalWrite, standingApproval } from "../../../runtime/approval/approvals";
import { approvalFacts, approvalState } from "../../../runtime/approval/approval-record";
import { askedWith } from "../../../runtime/approval/asked-with";
import { Refusal } from "../../../runtime/refusal/refusal";
import { ownersNow, ownersOf } from "../../../runtime/approval/owners";
import { type ExactRequest, requestDigest } from "../../../runtime/approval/digest";
import { revoke } from "../../../runtime/session/revocations";
import { approvalKey, approvalOfGroupKey } from "../../../runtime/store/keys";
import { StoreConflict } from "../../../runtime/store/store";
import cases from "../../cases/exchange/approvals.json";
import { ApprovalWorld, ASKING, BOB, exactRequest, GROUP, OWNED } from "../../support/exchange/approvals";
import { agentOf, ALICE, codesOf, EPOCH, fleetOf, NOW } from "../../support/exchange/sessions";

/** For which people can look it up behind its end */
const WEEK = 604_800;

interface Row {
  readonly name: string;
  /** What happened to the request that was made at 0, seconds after it */
  readonly did: readonly { readonly what: "approved" | "refused" | "spent"; readonly at: number }[];
  readonly at: number;
}

interface Asked {
  readonly agent?: string;
  readonly amount?: number;
  readonly user?: "bob" | null;
  readonly turned?: boolean;
  readonly epoch?: number;
  readonly group?: string;
}

interface By {
  readonly issuer?: string;
  readonly subject?: string;
  readonly email?: string;
  readonly group?: string;
  readonly verdict?: "approved" | "refused";
  readonly handle?: string;
}

const TABLE = cases as {
  readonly stands: readonly (Row & { readonly ask?: Asked; readonly gives: string })[];
  readonly askAgain: readonly (Row & { readonly ask?: Asked; readonly handle: string })[];
  readonly decide: readonly (Row & { readonly by?: By; readonly gives: string })[];
};

/** A world in which one request was made, and what happened to it happened */
async function after({ did, at }: Row): Promise<{ world: ApprovalWorld; handle: string }> {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  for (const { what, at: when } of did) {
    world.now = NOW + when;
    if (what === "spent") await spend(world, handle);
    else await world.decide(handle, { verdict: what });
  }
  world.now = NOW + at;
  return { world, handle };
}

async function spend(world: ApprovalWorld, handle: string): Promise<void> {
  const stored = await readApproval(world.state, handle);
  if (stored === undefined) throw new Error("there is nothing to spend");
  await world.store.write([spendApprovalWrite(EPOCH, stored, world.now)]);
}

function requestOf({ agent, amount = 12.5, user, turned }: Asked = {}): ExactRequest {
  const args = turned === true ? { amount, order: "A-1" } : { order: "A-1", amount };
  return exactRequest({
    arguments: args,
    ...(agent !== undefined && { agent }),
    ...(user !== undefined && { user: user === null ? null : BOB }),
  });
}

const named = (handle: string, shown: string | undefined): string =>
  shown === "the digest" ? requestDigest(exactRequest()) : (shown ?? handle);

/** What of the group's stands for the request */
async function standing(world: ApprovalWorld, { group = GROUP.group, epoch = EPOCH, ...request }: Asked = {}) {
  const digest = requestDigest(requestOf(request));
  return (await standingApproval({ store: world.store, epoch }, digest, { group }, world.now))?.record;
}

describe("decisions on exactly this request", () => {
  test.each(TABLE.stands.map((row) => [row.gives, row.name, row] as const))("%s: %s", async (gives, _, row) => {
    const { world, handle } = await after(row);
    const record = await standing(world, row.ask);
    if (record === undefined) return expect("none").toBe(gives);
    expect(record.handle).toBe(handle);
    expect(approvalState(record, world.now)).toBe(gives);
    expect(approvalFacts(record)).toEqual(
      gives !== "approved"
        ? null
        : {
            group: GROUP.group,
            requestDigest: requestDigest(exactRequest()),
            decidedBy: BOB,
            expiresAt: NOW + (row.did[0]?.at ?? 0) + GROUP.decisionGoodForSeconds,
            spent: false,
          },
    );
  });
});

describe("the same is asked for again", () => {
  test.each(TABLE.askAgain.map((row) => [row.handle, row.name, row] as const))("%s: %s", async (gives, _, row) => {
    const { world, handle } = await after(row);
    const approval = { ...GROUP, group: row.ask?.group ?? GROUP.group };
    const again = world.ask({ request: requestOf(row.ask), approval });
    if (gives.startsWith("approval.")) return expect(codesOf(again)).resolves.toEqual([gives]);
    return expect((await again) === handle).toBe(gives === "same");
  });
});

describe("a person decides", () => {
  test.each(TABLE.decide.map((row) => [row.gives, row.name, row] as const))("%s: %s", async (gives, _, row) => {
    const { world, handle } = await after(row);
    const { issuer = BOB.issuer, subject = BOB.subject, email, handle: shown, ...change } = row.by ?? {};
    const by = { issuer, subject, ...(email !== undefined && { email }) };
    const before = await readApproval(world.state, handle);
    const told = world.events.length;
    const decided = world.decide(named(handle, shown), { by, ...change });
    if (!gives.startsWith("decide.")) {
      await expect(decided).resolves.toMatchObject({
        decision: { verdict: gives, by: { issuer, subject }, at: world.now },
      });
      expect(world.events.slice(told)).toMatchObject([{ kind: "approval.decided", facts: { verdict: gives } }]);
      return;
    }
    const error: unknown = await decided.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect((error as Refusal).message).toBe(gives);
    expect(await readApproval(world.state, handle)).toEqual(before);
    expect(world.events).toHaveLength(told);
  });
});

test("the tables refuse at least as often as not", () => {
  const results = [...TABLE.stands, ...TABLE.decide].map(({ gives }) => gives);
  const refused = results.filter((gives) => gives !== "approved");
  expect(refused.length).toBeGreaterThanOrEqual(results.length - refused.length);
});

test("the person sees the exact request", async () => {
  const world = new ApprovalWorld();
  const stored = await readApproval(world.state, await world.ask());
  expect(stored?.record.request).toEqual({ ...exactRequest() });
});

test("the decision's record holds no argument", async () => {
  const world = new ApprovalWorld();
  await world.decide(await world.ask({ request: exactRequest({ arguments: { secret: "hunter2" } }) }));
  expect(JSON.stringify(world.events)).not.toContain("hunter2");
});

test("any member of the group may decide a request without a user", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask({ request: exactRequest({ user: null }) });
  await expect(world.decide(handle, { by: ALICE })).resolves.toMatchObject({ decision: { by: ALICE } });
});

test("the owners of the agent and of every delegator are known, each once", () => {
  const chain = ["front", "reader", "front"].map((name) => ({ spiffeId: agentOf(name).spiffeId, task: "work" }));
  const fleet = fleetOf("front", "worker", "reader");
  const owners = ["worker", "front", "reader"].map((name) => agentOf(name).owner);
  expect(ownersOf(fleet, exactRequest({ chain }))).toEqual(owners);
  expect(ownersOf(fleet, exactRequest({ chain: [] }))).toEqual(owners.slice(0, 1));
});

test("the second owner of an agent is one of its owners, so that neither decides", () => {
  const { agentOf: declared, ...fleet } = fleetOf("worker");
  const secondOwner = "lead@acme.example";
  const withLead = (spiffeId: string) => {
    const agent = declared(spiffeId);
    return agent && { ...agent, secondOwner };
  };
  const owners = [agentOf("worker").owner, secondOwner];
  expect(ownersOf({ ...fleet, agentOf: withLead }, exactRequest({ chain: [] }))).toEqual(owners);
  expect(ownersNow({ ...fleet, agentOf: withLead }, [agentOf("worker").spiffeId])).toEqual(owners);
});

test.each([["worker"], ["front"]])("fails when %s is not declared, so that its owner is unknown", (missing) => {
  const fleet = fleetOf(...["front", "worker"].filter((name) => name !== missing));
  expect(() => ownersOf(fleet, exactRequest())).toThrow(expect.objectContaining({ error: "access_denied" }));
});

describe("a start token behind the run", () => {
  const start = { agent: "front", task: "answer", evidence: "digest", run: "run-1", txn: "txn-1" };
  const known = (world: ApprovalWorld, change: Partial<typeof start> = {}) =>
    askedWith(world.state, { ...start, ...change }, world.now);

  test("is known as long as its requests are open or its approvals can be used", async () => {
    const world = new ApprovalWorld();
    const handle = await world.ask({ start });
    await expect(known(world)).resolves.toEqual({ until: NOW + 3_900, txn: "txn-1" });
    world.now += 60;
    await world.decide(handle);
    await expect(known(world)).resolves.toEqual({ until: NOW + 360, txn: "txn-1" });
    world.now += 300;
    await expect(known(world)).resolves.toBeUndefined();
  });

  test.each([
    [
      "refused",
      async (world: ApprovalWorld, handle: string) => void (await world.decide(handle, { verdict: "refused" })),
    ],
    ["used", async (world: ApprovalWorld, handle: string) => (await world.decide(handle), spend(world, handle))],
    ["not decided on in time", async (world: ApprovalWorld) => void (world.now += 3_600)],
  ])("is of no use any more where the request was %s", async (_, happen) => {
    const world = new ApprovalWorld();
    await happen(world, await world.ask({ start }));
    await expect(known(world)).resolves.toBeUndefined();
  });

  test("is of no use to another agent, for another task or as another token", async () => {
    const world = new ApprovalWorld();
    await world.ask({ start });
    for (const change of [{ agent: "worker" }, { task: "refund" }, { evidence: "other" }]) {
      await expect(known(world, change)).resolves.toBeUndefined();
    }
  });

  test("waits for a request that was already open, and for the last of several", async () => {
    const world = new ApprovalWorld();
    const handle = await world.ask();
    expect(await world.ask({ start })).toBe(handle);
    const draft = { request: exactRequest(), txn: "t", approval: GROUP, ...OWNED, start, asking: ASKING, now: NOW };
    expect((await ask(world.state, draft)).writes).toEqual([]);
    world.now += 100;
    await world.ask({ start, request: exactRequest({ action: "other" }) });
    await world.decide(handle, { verdict: "refused" });
    await expect(known(world)).resolves.toEqual({ until: NOW + 4_000, txn: "txn-1" });
  });

  test("is of no use where any run of it that waits was stopped", async () => {
    const world = new ApprovalWorld();
    const run = (id: string) => ({ start: { ...start, run: id } });
    await world.ask(run("run-1"));
    await world.ask(run("run-2"));
    await expect(known(world)).resolves.toBeDefined();
    await world.store.write([revoke({ kind: "run", id: "run-2" }, { why: "w", by: "b", at: NOW }, undefined)]);
    await expect(known(world)).resolves.toBeUndefined();
  });

  test("starts again for the first 48 that are asked", async () => {
    const world = new ApprovalWorld();
    const asked = async (n: number) => world.ask({ start, request: exactRequest({ arguments: { n } }) });
    for (let n = 0; n < 48; n += 1) await world.decide(await asked(n), { verdict: "refused" });
    await asked(48);
    await expect(known(world)).resolves.toBeUndefined();
  });
});

test("the second of two concurrent identical requests is told to retry and gets the same handle", async () => {
  const world = new ApprovalWorld();
  const ended = await Promise.allSettled([world.ask(), world.ask()]);
  expect(ended.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(ended[1]).toMatchObject({ reason: expect.any(StoreConflict) });
  await expect(world.ask()).resolves.toBe((ended[0] as PromiseFulfilledResult<string>).value);
});

test("the first of two concurrent decisions counts", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const ended = await Promise.allSettled([
    world.decide(handle, { verdict: "refused" }),
    world.decide(handle, { verdict: "approved", by: { ...BOB, subject: "carol" } }),
  ]);
  expect(ended).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { message: "decide.decided" } }]);
  await expect(codesOf(world.ask())).resolves.toEqual(["approval.refused"]);
});

test("a decision that another transaction was in the way of is tried again, three times in all", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  let tried = 0;
  world.beforeCommit = async () => {
    if ((tried += 1) <= 2) throw new StoreConflict([], "another transaction was in the way");
  };
  await expect(world.decide(handle)).resolves.toMatchObject({ decision: { verdict: "approved" } });
  tried = -10;
  await expect(world.decide(await world.ask({ request: requestOf({ amount: 1 }) }))).rejects.toThrow(StoreConflict);
  expect(tried).toBe(-7);
});

test("an approval is spent once", async () => {
  const { world, handle } = await after({ name: "", did: [{ what: "approved", at: 1 }], at: 2 });
  const stored = await readApproval(world.state, handle);
  if (stored === undefined) throw new Error("there is nothing to spend");
  await world.store.write([spendApprovalWrite(EPOCH, stored, world.now)]);
  await expect(world.store.write([spendApprovalWrite(EPOCH, stored, world.now)])).rejects.toThrow(StoreConflict);
});

test("fails when the store holds something else than a request", async () => {
  const world = new ApprovalWorld();
  const handle = await world.ask();
  const [item] = await world.store.read([approvalKey(EPOCH, handle)]);
  const value = { ...(item?.value as object), decision: "approved" };
  await world.store.write([{ kind: "put", key: approvalKey(EPOCH, handle), value, when: "any" }]);
  await expect(standing(world)).rejects.toThrow("decision");
});

test("a new request is written under its digest, its handle and its group", async () => {
  const world = new ApprovalWorld();
  const request: ApprovalRequest = {
    request: exactRequest(),
    txn: "txn-1",
    approval: GROUP,
    ...OWNED,
    start: undefined,
    asking: ASKING,
    now: NOW,
  };
  const { record, writes } = await ask(world.state, request);
  expect(writes).toMatchObject([
    {
      key: approvalKey(EPOCH, record.digest),
      value: { handle: record.handle },
      expiresAt: NOW + 3_900,
      when: "absent",
    },
    {
      key: approvalKey(EPOCH, record.handle),
      value: { digest: record.digest },
      expiresAt: NOW + 3_900 + WEEK,
      when: "absent",
    },
    { key: approvalOfGroupKey(EPOCH, record), value: { handle: record.handle }, expiresAt: NOW + 3_900 + WEEK },
    { key: { sort: "open" }, value: [{ handle: record.handle, until: NOW + 3_600 }], expiresAt: NOW + 3_600 },
  ]);
});

describe("32 open approval requests", () => {
  const asked = (order: string) => ({ request: exactRequest({ arguments: { order } }) });

  test("the last is requested once for concurrent callers", async () => {
    const world = new ApprovalWorld();
    for (let n = 1; n < 32; n += 1) await world.ask(asked(`A-${n}`));
    const drafts = await Promise.all(
      ["B-1", "B-2"].map((order) =>
        ask(world.state, {
          ...asked(order),
          txn: "txn-1",
          approval: GROUP,
          ...OWNED,
          start: undefined,
          asking: ASKING,
          now: NOW,
        }),
      ),
    );
    await world.store.write(drafts[0]?.writes ?? []);
    await expect(world.store.write(drafts[1]?.writes ?? [])).rejects.toThrow(StoreConflict);
    expect(await codesOf(world.ask(asked("B-2")))).toEqual(["approval.too-many"]);
  });

  test("those of one transaction without a user are in the way of no other, but 256 of them all together", async () => {
    const world = new ApprovalWorld();
    const askedIn = (txn: string, order: number) =>
      world.ask({ request: exactRequest({ user: null, arguments: { order } }), txn });
    for (let n = 0; n < 32; n += 1) await askedIn("txn-1", n);
    expect(await codesOf(askedIn("txn-1", 32))).toEqual(["approval.too-many"]);
    for (let n = 32; n < 256; n += 1) await askedIn(`txn-${n}`, n);
    expect(await codesOf(askedIn("txn-257", 256))).toEqual(["approval.too-many"]);
    await world.ask({ request: exactRequest({ arguments: { order: 257 } }), txn: "txn-258" });
    world.now += 3_600;
    await askedIn("txn-257", 256);
  });

  test.each([
    ["another agent", { agent: agentOf("front").spiffeId }],
    ["another user", { user: BOB }],
    ["no user", { user: null }],
    ["another task", { task: "other" }],
  ])("none stands in the way of %s", async (_, change) => {
    const world = new ApprovalWorld();
    for (let n = 1; n <= 32; n += 1) await world.ask(asked(`A-${n}`));
    expect(await codesOf(world.ask(asked("A-33")))).toEqual(["approval.too-many"]);
    await expect(
      world.ask({ request: exactRequest({ arguments: { order: "A-33" }, ...change }) }),
    ).resolves.toBeDefined();
  });
});
