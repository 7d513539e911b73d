import type { RegistryKillSwitch } from "../../../../domain/registry/document";
import { operatorOf } from "../../../../runtime/exchange/operator/authentication";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { idTokens } from "../../../support/exchange/people";
import { codes, TRIAGE } from "../../../support/exchange/served-exchange";
import {
  KILL_SWITCH,
  killOrder,
  type OrderChanges,
  SIGNED_KILL_SWITCH,
  StoppingExchange,
} from "../../../support/exchange/kill-orders";
import { TokenMaker } from "../../../support/exchange/token-maker";

const exchange = new StoppingExchange();
const REASON = "INC-1234: exfiltrates tickets";
const ORDER = { kind: "session", id: "some-session", reason: REASON };
const now = (): number => Math.floor(Date.now() / 1_000);

beforeAll(() => exchange.begin());
afterAll(() => exchange.close());

test("an agent is revoked, and the answer has operator, reason, earliest restore and remaining access", async () => {
  const answer = await exchange.order({ kind: "agent", id: "press-writer", reason: REASON });
  const at = answer.json.revoked_at as number;
  expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  expect(answer.json).toEqual({
    kind: "agent",
    id: "press-writer",
    reason: REASON,
    by: SIGNED_KILL_SWITCH.issuer,
    revoked_at: expect.closeTo(now(), -1),
    last_ordered_at: at,
    restorable_at: expect.any(Number),
    already: false,
    horizon: expect.any(Array),
    roles: [],
  });
  // A user's token starts it for an hour, and clocks may differ by a minute.
  expect(answer.json.restorable_at).toBe(at + 3_660);
});

const userIssuer = (): string => exchange.platform.issuers.userIssuer;

test("fails for a user of an issuer that is not trusted: it may be misspelt", async () => {
  const issuer = `${userIssuer()}x`;
  const answer = await exchange.order({ kind: "user", user: { issuer, subject: "mallory" }, reason: "INC-1" });
  expect([answer.status, codes(answer)]).toEqual([400, ["revocation.target-unknown"]]);
  expect(JSON.stringify(answer.json)).toContain(`did you mean \\"${userIssuer()}\\"`);
});

test("a second revocation keeps the time of the first, and the answer has that time and the latest reason", async () => {
  const order = { kind: "user", user: { issuer: userIssuer(), subject: "mallory" }, reason: "first" };
  const first = await exchange.order(order);
  const again = await exchange.order({ ...order, reason: "second" });
  const { last_ordered_at: before, restorable_at: earlier, ...same } = first.json;
  expect(again.json).toEqual({
    ...same,
    reason: "second",
    already: true,
    last_ordered_at: expect.any(Number),
    restorable_at: expect.any(Number),
  });
  expect(again.json.last_ordered_at).toBeGreaterThan(before as number);
  expect(again.json.restorable_at).toBeGreaterThanOrEqual(earlier as number);
});

test("an order is good once, also where it was carried out", async () => {
  const body = JSON.stringify(ORDER);
  const token = await killOrder(exchange.issuer, body);
  expect((await exchange.ordered(body, token)).status).toBe(200);
  const again = await exchange.ordered(body, token);
  expect([again.status, codes(again)]).toEqual([401, ["operator.order-replayed"]]);
});

const TWO = ["https://other.example"];

test.each<readonly [what: string, changes: OrderChanges]>([
  ["it is signed by another key of the same name", { by: new TokenMaker("alias/ambit/prod/kill-switch") }],
  ["its key is none of the kill switch", { by: new TokenMaker("alias/ambit/prod/starter/nightly/a") }],
  ["it is of another issuer", { claims: { iss: "https://nightly.starters.prod.acme.example" } }],
  ["it is for another exchange", { claims: { aud: "https://exchange.other.example" } }],
  ["it is for several", { claims: { aud: TWO } }],
  ["it has no name", { claims: { jti: undefined } }],
  ["its name is empty", { claims: { jti: "" } }],
  ["it has expired", { claims: { iat: now() - 61, exp: now() - 1 } }],
  ["it lives for longer than a minute", { claims: { exp: now() + 3_600 } }],
  ["it is of the future", { claims: { iat: now() + 600, exp: now() + 660 } }],
  ["it says no expiry", { claims: { exp: undefined } }],
  ["it is about no body", { claims: { body: undefined } }],
  ["it is about another body", { claims: { body: "x" } }],
])("nothing is revoked when %s", async (_, changes) => {
  const answer = await exchange.order(ORDER, changes);
  expect([answer.status, codes(answer)]).toEqual([401, ["operator.unauthenticated"]]);
  expect(answer.headers["www-authenticate"]).toContain("Bearer");
});

test.each(["ambit-start+jwt", undefined])("fails when an order has type %s: it is read as an ID token", async (typ) => {
  const answer = await exchange.order(ORDER, { header: { typ } });
  expect([answer.status, codes(answer)]).toEqual([401, ["person.evidence"]]);
});

test.each<readonly [what: string, headers: Readonly<Record<string, string>>, code: string]>([
  ["without a token", {}, "operator.unauthenticated"],
  ["with another scheme", { authorization: "Basic a2lsbDprbGls" }, "operator.unauthenticated"],
  ["with nonsense", { authorization: "Bearer nonsense" }, "person.evidence"],
])("an agent revokes nothing by its certificate, %s", async (_, headers, code) => {
  const sent = { "content-type": "application/json", ...headers };
  const answer = await exchange.post("/operator/revocations", JSON.stringify(ORDER), { as: TRIAGE, headers: sent });
  expect([answer.status, codes(answer)]).toEqual([401, [code]]);
});

test("an unauthenticated client does not learn what is wrong with the order", async () => {
  const answer = await exchange.post("/operator/revocations", "{", { headers: { "content-type": "text/plain" } });
  expect(codes(answer)).toEqual(["operator.unauthenticated"]);
});

test("the kill switch may revoke, and neither restore nor list", async () => {
  const restoring = await exchange.order({ kind: "agent", id: TRIAGE, reason: "why" }, {}, "/operator/restorations");
  expect([restoring.status, codes(restoring)]).toEqual([403, ["operator.not-allowed"]]);
  const authorization = `Bearer ${await killOrder(exchange.issuer, "")}`;
  const got = await exchange.fetch()(`${exchange.issuer}/operator/revocations`, { headers: { authorization } });
  const listing = await exchange.answer(got);
  expect([listing.status, codes(listing)]).toEqual([403, ["operator.not-allowed"]]);
});

test.each<readonly [what: string, order: object, code: string]>([
  ["an agent that is not declared", { kind: "agent", id: "suport-triage", reason: "why" }, "revocation.target-unknown"],
  ["a run that never was", { kind: "run", id: "run", reason: "why" }, "revocation.target-unknown"],
  ["an unknown kind", { kind: "fleet", id: "all", reason: "why" }, "revocation.malformed"],
  ["a user by a name alone", { kind: "user", id: "alice", reason: "why" }, "revocation.malformed"],
  ["no reason", { kind: "agent", id: TRIAGE }, "revocation.malformed"],
  ["an empty reason", { kind: "agent", id: TRIAGE, reason: "  " }, "revocation.malformed"],
  ["a reason of two lines", { kind: "agent", id: TRIAGE, reason: "a\nb" }, "revocation.malformed"],
  ["a reason with hidden characters", { kind: "agent", id: TRIAGE, reason: "a\u202eb" }, "revocation.malformed"],
  ["a reason that is too long", { kind: "agent", id: TRIAGE, reason: "a".repeat(501) }, "revocation.malformed"],
  ["a member that is not known", { kind: "agent", id: TRIAGE, reason: "why", dryRun: true }, "revocation.malformed"],
  ["a list", [], "revocation.malformed"],
])("fails when the order has %s", async (_, order, code) => {
  const answer = await exchange.order(order);
  expect([answer.status, codes(answer)]).toEqual([400, [code]]);
});

test("a misspelt name is answered with the nearest names", async () => {
  const { json } = await exchange.order({ kind: "agent", id: "suport-triage", reason: "why" });
  expect(json.error_description).toContain("did you mean 'support-triage'");
});

test.each<readonly [what: string, killSwitch: RegistryKillSwitch | undefined]>([
  ["was signed without the kill switch's keys", { issuer: KILL_SWITCH, kms: SIGNED_KILL_SWITCH.kms }],
  ["has no kill switch", undefined],
])("nothing is revoked where the registry %s", async (_, killSwitch) => {
  const registry = { current: () => ({ ...exampleFleet, killSwitch }) };
  const asked = operatorOf({ issuer: exchange.issuer, registry, people: idTokens(), clock: now });
  const headers = { authorization: `Bearer ${await killOrder(exchange.issuer, "{}")}` };
  const request = new Request(`${exchange.issuer}/operator/revocations`, { method: "POST", headers });
  await expect(asked(request, "{}")).rejects.toThrow("operator.unauthenticated");
});

test("the paths take their own methods alone", async () => {
  const answer = await exchange.fetch()(`${exchange.issuer}/operator/revocations`, { method: "PUT" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST, GET, HEAD"]);
});
