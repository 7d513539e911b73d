import { operatorOf } from "../../../../runtime/exchange/operator/authentication";
import { Refusal } from "../../../../runtime/refusal/refusal";
import { idToken, idTokens, NOW, PEOPLE } from "../../../support/exchange/people";
import { smallFleet } from "../../../support/exchange/small-fleet";
import type { Members } from "../../../support/tokens";

const ISSUER = "https://exchange.prod.acme.example";

/** Who an order comes from, or the code that refuses it */
async function by(token: string, people: typeof PEOPLE | undefined = PEOPLE): Promise<unknown> {
  const registry = { current: () => ({ ...smallFleet([], []), people: people as never }) };
  const asked = operatorOf({ issuer: ISSUER, registry, people: idTokens(people), clock: () => NOW });
  const headers = { authorization: `Bearer ${token}` };
  try {
    return await asked(new Request(`${ISSUER}/operator/revocations`, { method: "POST", headers }), "{}");
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

test("a person of the operators with a recent login gives orders", async () => {
  expect(await by(idToken({ groups: ["support-leads", "on-call"] }))).toEqual({
    kind: "person",
    user: { issuer: PEOPLE.issuer, subject: "ada" },
    authenticatedAt: expect.any(Number),
  });
});

test.each<readonly [what: string, claims: Members, code: string]>([
  ["in no group of the operators", { groups: ["support-leads"] }, "operator.not-listed"],
  ["in a group that only begins as theirs", { groups: ["on-call-readers"] }, "operator.not-listed"],
  ["in no group at all", { groups: [] }, "operator.not-listed"],
  ["whose login was too long ago", { groups: ["on-call"], auth_time: NOW - 901 }, "person.stale-login"],
  ["whose token is over", { groups: ["on-call"], exp: NOW - 1 }, "person.expired"],
  ["of another client", { groups: ["on-call"], aud: "support-desk" }, "person.other-client"],
  ["whose token is an access token", { groups: ["on-call"], scope: "openid" }, "person.evidence"],
])("a person gives no orders %s", async (_, claims, code) => {
  expect(await by(idToken(claims))).toBe(code);
});

test("no person gives orders where the platform names no operators", async () => {
  expect(await by(idToken({ groups: ["on-call"] }), { ...PEOPLE, operators: [] })).toBe("operator.not-listed");
});
