import { revoke } from "../../../runtime/session/revocations";
import { PEOPLE } from "../../support/exchange/people";
import { ApproversWorld, codeOf, tokenOf } from "../../support/exchange/approvers";
import { OWNERS } from "../../support/exchange/approvals";
import { agentOf, ALICE, NOW } from "../../support/exchange/sessions";
import { userDigest } from "../../../runtime/store/user-digest";

const DAVE = { sub: "dave", email: "dave@acme.example" };
const ids = (json: Readonly<Record<string, unknown>>) => (json.requests as { id: string }[]).map(({ id }) => id);

test("a request is shown in full, with every argument, the agent, the user and the chain", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask({ userEmail: "alice@acme.example", sensitivity: "internal" });
  const { json } = await world.post("show", { id });
  expect(json).toEqual({
    id,
    digest,
    status: "pending",
    agent: "worker",
    spiffeId: agentOf("worker").spiffeId,
    purpose: "Is tried",
    owners: OWNERS,
    chain: [{ agent: "front", spiffeId: agentOf("front").spiffeId, task: "answer" }],
    task: "refund",
    tool: "payments",
    action: "refund",
    destination: "pay.acme.example",
    arguments: { order: "A-1", amount: 12.5 },
    user: ALICE,
    userEmail: "alice@acme.example",
    group: "support-leads",
    sensitivity: "internal",
    session: { mark: "internal", tainted: false },
    declared: null,
    requestedAt: NOW,
    openUntil: NOW + 3_600,
    goodForSeconds: 300,
    people: 1,
    approvals: 0,
    approvedBy: [],
    decision: null,
    spentAt: null,
    notYours: null,
  });
});

test("a request of what was stopped is shown as that, until it is over", async () => {
  const world = new ApproversWorld();
  const { id } = await world.ask();
  await world.store.write([revoke({ kind: "user", user: ALICE }, { why: "w", by: "b", at: NOW }, undefined)]);
  expect((await world.post("show", { id })).json).toMatchObject({ status: "pending", notYours: "decide.stopped" });
  world.now += 3_600;
  const later = { iat: 3_600, auth_time: 3_600, exp: 7_200 };
  expect((await world.post("show", { id }, later)).json).toMatchObject({ status: "over", notYours: "decide.over" });
});

test("a decision tells who gave it, why, and how long it is good", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask();
  const reason = "as agreed with the customer";
  const { json } = await world.post("decide", { id, digest, verdict: "approved", reason });
  const by = { issuer: PEOPLE.issuer, subject: "carol" };
  const said = { verdict: "approved", by, email: "carol@acme.example", at: NOW, reason, expiresAt: NOW + 300 };
  expect(json).toMatchObject({ status: "approved", decision: said, approvals: 1, notYours: "decide.decided" });
  expect(world.events).toMatchObject([
    { kind: "approval.decided", facts: { digest, by: userDigest(by), verdict: "approved", reason, people: 1 } },
  ]);
});

test("the first of two who approve is on record by itself", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask({ people: 2 });
  await world.post("decide", { id, digest, verdict: "approved" });
  const { json } = await world.post("show", { id }, DAVE);
  expect(json).toMatchObject({ approvals: 1, approvedBy: [{ email: "carol@acme.example", at: NOW }], notYours: null });
  expect((await world.post("show", { id })).json).toMatchObject({ notYours: "decide.twice" });
  await world.post("decide", { id, digest, verdict: "approved" }, DAVE);
  expect(world.events.map(({ kind }) => kind)).toEqual(["approval.seconded", "approval.decided"]);
});

test("two concurrent first approvals both count, and the third of three is late", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask({ people: 2 });
  const people = ["dave", "erin", "frank"].map((name) => ({ sub: name, email: `${name}@acme.example` }));
  const answers = await Promise.all(
    people.map((person) => world.post("decide", { id, digest, verdict: "approved" }, person)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
  expect(world.events.map(({ kind }) => kind).sort()).toEqual([
    "approval.decided",
    "approval.decision-refused",
    "approval.seconded",
  ]);
});

test("a concurrent approval and refusal leave one decision", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask();
  const answers = await Promise.all([
    world.post("decide", { id, digest, verdict: "approved" }),
    world.post("decide", { id, digest, verdict: "refused", reason: "no" }, DAVE),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(world.events).toMatchObject([
    { kind: "approval.decided" },
    { kind: "approval.decision-refused", facts: { codes: ["decide.decided"] } },
  ]);
});

test("a refused decision is on record with its person, and without the arguments", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask({ order: "secret-order" });
  await world.post("decide", { id, digest, verdict: "approved" }, { email: OWNERS[0] });
  expect(world.events).toMatchObject([
    {
      kind: "approval.decision-refused",
      facts: { digest, by: userDigest({ issuer: PEOPLE.issuer, subject: "carol" }), codes: ["decide.by-owner"] },
    },
  ]);
  expect(JSON.stringify(world.events)).not.toContain("secret-order");
});

test("a request is hidden from other groups, and from groups without clearance", async () => {
  const world = new ApproversWorld();
  const open = await world.ask();
  const secret = await world.ask({ sensitivity: "confidential", order: "A-2" });
  for (const [id, person, code] of [
    [open.id, { groups: ["interns"] }, "decide.other-group"],
    [secret.id, {}, "decide.above-clearance"],
    ["A".repeat(43), {}, "decide.unknown"],
  ] as const) {
    const answer = await world.post("show", { id }, person);
    expect(codeOf(answer)).toBe(code);
    expect(JSON.stringify(answer.json)).not.toContain("A-");
  }
});

describe("a list", () => {
  test("has what the person's groups were asked and are cleared for, the latest first", async () => {
    const world = new ApproversWorld();
    const asked: string[] = [];
    for (const order of ["A-1", "A-2", "A-3"]) {
      asked.unshift((await world.ask({ order })).id);
      world.now += 1;
    }
    await world.ask({ order: "B-1", sensitivity: "confidential" });
    const finance = await world.ask({ order: "C-1", group: "finance-controllers" });
    const { json } = await world.post("list", { of: "open" });
    expect(ids(json)).toEqual(asked);
    expect(JSON.stringify(json)).not.toContain("A-1");
    const both = await world.post("list", { of: "open" }, { groups: ["/finance/controllers", "support-leads"] });
    expect(ids(both.json)).toEqual([finance.id, ...asked]);
    expect(ids((await world.post("list", { of: "open" }, { groups: [] })).json)).toEqual([]);
  });

  test("tells of each whether the person may decide, and why not", async () => {
    const world = new ApproversWorld();
    await world.ask();
    const { json } = await world.post("list", { of: "open" }, { email: OWNERS[1] });
    expect(json.requests).toMatchObject([{ notYours: "decide.by-owner" }]);
    const { json: unknown } = await world.post("list", { of: "open" }, { email_verified: false });
    expect(unknown.requests).toMatchObject([{ notYours: "decide.no-email" }]);
  });

  test("of open requests leaves out decided and expired ones, which the history keeps for a week", async () => {
    const world = new ApproversWorld();
    const decided = await world.ask({ order: "A-1" });
    await world.post("decide", { ...decided, verdict: "refused", reason: "no" });
    const waits = await world.ask({ order: "A-2" });
    expect(ids((await world.post("list", { of: "open" })).json)).toEqual([waits.id]);
    expect(ids((await world.post("list", { of: "history" })).json).sort()).toEqual([decided.id, waits.id].sort());
    world.now += 3_600;
    const later = { auth_time: 3_600, exp: 1_000_000 };
    expect(ids((await world.post("list", { of: "open" }, later)).json)).toEqual([]);
    expect(ids((await world.post("list", { of: "history" }, later)).json)).toHaveLength(2);
    world.now += 605_100;
    expect(ids((await world.post("list", { of: "history" }, { auth_time: 608_700, exp: 1e6 })).json)).toEqual([]);
  });

  test("goes on where it ended, and has each of 250 requests of two groups once", async () => {
    const world = new ApproversWorld();
    const asked: string[] = [];
    for (let n = 0; n < 250; n += 1) {
      const group = n % 3 === 0 ? "finance-controllers" : "support-leads";
      const user = { issuer: ALICE.issuer, subject: `user-${n}` };
      asked.push((await world.ask({ order: `A-${n}`, group, user })).id);
    }
    const groups = ["/finance/controllers", "support-leads"];
    const seen: string[] = [];
    let after: unknown = undefined;
    for (let page = 0; page < 3; page += 1) {
      const { json } = await world.post("list", { of: "open", after }, { groups });
      seen.push(...ids(json));
      after = json.next;
    }
    expect(after).toBeNull();
    expect(seen).toHaveLength(250);
    expect(new Set(seen)).toEqual(new Set(asked));
  });

  test.each([
    ["of nothing", {}],
    ["of what is none", { of: "all" }],
    ["behind what is no place", { of: "open", after: "x" }],
    ["with a member that is not known", { of: "open", group: "interns" }],
  ])("fails when it is %s", async (_, body) => {
    expect(codeOf(await new ApproversWorld().post("list", body))).toBe("request.malformed");
  });
});

test.each(["", "Bearer", "Bearer a b", "Basic YTpi", "DPoP a.b.c"])(
  "fails without a bearer token: %p",
  async (authorization) => {
    const answer = await new ApproversWorld().send("list", { of: "open" }, authorization);
    expect([answer.status, codeOf(answer)]).toEqual([401, "person.missing"]);
  },
);

test("an unauthenticated person is challenged, and one with an old login must log in again", async () => {
  const world = new ApproversWorld();
  const invalid = await world.post("list", { of: "open" }, { aud: "other" });
  expect([invalid.status, invalid.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
  const stale = await world.post("list", { of: "open" }, { auth_time: -901 });
  expect([stale.status, stale.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer error="insufficient_user_authentication"',
  ]);
});

test("fails when the platform declares no people, or the group no more", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask();
  const decide = () => world.post("decide", { id, digest, verdict: "approved" });
  world.people = undefined;
  expect([(await decide()).status, codeOf(await decide())]).toEqual([403, "person.undeclared"]);
  world.people = { ...PEOPLE, approvers: {} };
  expect(codeOf(await decide())).toBe("decide.other-group");
  world.people = { ...PEOPLE, approvers: { "support-leads": { claim: "support-leads", clearance: "public" } } };
  expect((await decide()).status).toBe(200);
});

test("fails when a group's clearance is lowered while it is asked", async () => {
  const world = new ApproversWorld();
  const { id, digest } = await world.ask({ sensitivity: "internal" });
  world.people = { ...PEOPLE, approvers: { "support-leads": { claim: "support-leads", clearance: "public" } } };
  expect(codeOf(await world.post("decide", { id, digest, verdict: "approved" }))).toBe("decide.above-clearance");
});

test("no answer is stored on the way, and a token is in none", async () => {
  const world = new ApproversWorld();
  const { headers, json } = await world.post("list", { of: "open" });
  expect(headers.get("cache-control")).toBe("no-store");
  expect(JSON.stringify(json)).not.toContain(tokenOf({}));
});
