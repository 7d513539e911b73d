import { endLogins } from "../../../runtime/session/ended-logins";
import { revoke } from "../../../runtime/session/revocations";
import { ApproversWorld, codeOf } from "../../support/exchange/approvers";
import { PEOPLE } from "../../support/exchange/people";
import { ALICE, NOW } from "../../support/exchange/sessions";
import { meanwhile } from "../../support/meanwhile";
import { userDigest } from "../../../runtime/store/user-digest";

const CAROL = { issuer: PEOPLE.issuer, subject: "carol" };
const ended = (before: number, user = CAROL) => [endLogins(user, undefined, { before, at: NOW })];

describe("while a person decides, the identity provider tells that logins have ended", () => {
  test.each(["approved", "refused"] as const)(
    "by that person: nothing is %s, and that is on record",
    async (verdict) => {
      const world = new ApproversWorld();
      const { id, digest } = await world.ask();
      meanwhile(world.store, ended(NOW));
      const answer = await world.post("decide", { id, digest, verdict, reason: "as agreed" });
      expect([answer.status, codeOf(answer)]).toEqual([401, "person.stale-login"]);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer error="insufficient_user_authentication"');
      expect(world.events).toMatchObject([
        { kind: "approval.decision-refused", facts: { digest, by: userDigest(CAROL), codes: ["person.stale-login"] } },
      ]);
      const anew = { iat: 1, auth_time: 1, exp: 60 };
      expect((await world.post("show", { id }, anew)).json).toMatchObject({ status: "pending", approvals: 0 });
    },
  );

  test("by the second of two: the first approval goes on waiting", async () => {
    const world = new ApproversWorld();
    const { id, digest } = await world.ask({ people: 2 });
    const dave = { sub: "dave", email: "dave@acme.example" };
    await world.post("decide", { id, digest, verdict: "approved" }, dave);
    meanwhile(world.store, ended(NOW));
    expect(codeOf(await world.post("decide", { id, digest, verdict: "approved" }))).toBe("person.stale-login");
    expect((await world.post("show", { id }, dave)).json).toMatchObject({ status: "pending", approvals: 1 });
  });

  test.each([
    ["of before that login", ended(NOW - 1)],
    ["of another person", ended(NOW, { ...CAROL, subject: "dave" })],
    ["of a person of another issuer", ended(NOW, { ...CAROL, issuer: "https://other.example" })],
  ])("%s: the decision is written", async (_, writes) => {
    const world = new ApproversWorld();
    const { id, digest } = await world.ask();
    meanwhile(world.store, writes);
    const answer = await world.post("decide", { id, digest, verdict: "approved" });
    expect([answer.status, answer.json.status]).toEqual([200, "approved"]);
    expect(world.events.map(({ kind }) => kind)).toEqual(["approval.decided"]);
  });
});

describe("a decision that is refused is on record", () => {
  test.each([
    ["to a person of another group", { groups: ["interns"] }, "public", "decide.other-group"],
    ["to a group that is not cleared", {}, "confidential", "decide.above-clearance"],
  ] as const)("%s, and nothing of the request is answered", async (_, person, sensitivity, code) => {
    const world = new ApproversWorld();
    const { id, digest } = await world.ask({ sensitivity, order: "secret-order" });
    const answer = await world.post("decide", { id, digest, verdict: "approved" }, person);
    expect([answer.status, codeOf(answer)]).toEqual([403, code]);
    expect(world.events).toMatchObject([
      { kind: "approval.decision-refused", facts: { digest, by: userDigest(CAROL), codes: [code] } },
    ]);
    expect(JSON.stringify([answer.json, world.events])).not.toContain("secret-order");
  });

  test("where the user served was stopped", async () => {
    const world = new ApproversWorld();
    const { id, digest } = await world.ask();
    await world.store.write([revoke({ kind: "user", user: ALICE }, { why: "w", by: "b", at: NOW }, undefined)]);
    expect(codeOf(await world.post("decide", { id, digest, verdict: "approved" }))).toBe("decide.stopped");
    expect(world.events).toMatchObject([{ kind: "approval.decision-refused", facts: { codes: ["decide.stopped"] } }]);
  });

  test("except a decision on an unknown request", async () => {
    const world = new ApproversWorld();
    const body = { id: "A".repeat(43), digest: `sha256:${"0".repeat(64)}`, verdict: "approved" };
    expect(codeOf(await world.post("decide", body))).toBe("decide.unknown");
    expect(world.events).toEqual([]);
  });
});
