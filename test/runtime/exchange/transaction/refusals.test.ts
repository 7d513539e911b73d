import { TXN_TOKEN_TYPE } from "../../../../runtime/exchange/transaction/txn-token";
import { noteRevision } from "../../../../runtime/registry/revision-seen";
import { bumpEpoch } from "../../../../runtime/session/epoch";
import type { Run } from "../../../../runtime/session/session";
import { StoreUnavailable } from "../../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../../runtime/token/access-token";
import { signOwn } from "../../../../runtime/token/own-jwt";
import { refused } from "../../../support/exchange/aws-world";
import {
  ALICE,
  CHIEF,
  CLERK,
  GATEWAY,
  HopsWorld,
  type Parameters,
  REPLACED,
  txnForm,
} from "../../../support/exchange/hops-world";

const JWT_URN = "urn:ietf:params:oauth:token-type:jwt";

/** Malformed forms, for any client */
test.each<readonly [what: string, change: Parameters, code: string]>([
  ["the grant is another", { grant_type: "client_credentials" }, "request.grant-type"],
  ["there is no grant", { grant_type: undefined }, "request.malformed"],
  ["the client names another", { client_id: CLERK }, "client.unauthenticated"],
  ["there is no audience", { audience: undefined }, "audience.malformed"],
  ["the audience is a tool", { audience: "tool:crm" }, "audience.malformed"],
  ["the audience is the trust domain as a SPIFFE ID", { audience: "spiffe://prod.acme.example" }, "audience.malformed"],
  ["a resource is named", { resource: "https://crm.acme.example" }, "audience.malformed"],
  ["an actor is sent", { actor_token: "x" }, "request.malformed"],
  ["an actor's type is sent", { actor_token_type: JWT_URN }, "request.malformed"],
  ["there is no subject", { subject_token: undefined }, "evidence.missing"],
  ["the subject's type is missing", { subject_token_type: undefined }, "request.malformed"],
  ["the subject is declared as a plain JWT", { subject_token_type: JWT_URN }, "evidence.type"],
  [
    "the subject is signed by the service itself",
    { subject_token_type: "urn:ietf:params:oauth:token-type:self_signed" },
    "evidence.type",
  ],
  ["there is no scope", { scope: undefined }, "request.malformed"],
  ["the scope has two spaces", { scope: "find  read" }, "scope.too-wide"],
  ["the scope has one action more", { scope: "find delete" }, "scope.too-wide"],
  ["the scope is everything", { scope: "*" }, "scope.too-wide"],
  ["the details are no object", { request_details: "[1]" }, "transaction.context"],
  ["the details are no JSON", { request_details: "{" }, "transaction.context"],
  ["the details have a member twice", { request_details: '{"a":1,"a":2}' }, "transaction.context"],
  [
    "the details have a number that no double holds exactly",
    { request_details: '{"a":9007199254740993}' },
    "transaction.context",
  ],
  ["the details are over 4 KiB", { request_details: `{"a":"${"x".repeat(4_089)}"}` }, "transaction.context"],
  [
    "the details are over 4 KiB once written",
    { request_details: `{"a":[${"1e20,".repeat(600)}1]}` },
    "transaction.context",
  ],
  [
    "the context is nested 7 deep",
    { request_context: '{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}' },
    "transaction.context",
  ],
  ["the context is a text", { request_context: '"x"' }, "transaction.context"],
])("fails when %s", async (_, change, code) => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  expect(await refused(hops.ask(subject, change))).toEqual([code]);
  expect(hops.acts.map(({ event }) => [event.kind, event.facts.codes])).toEqual([["txn.refused", [code]]]);
});

test("fails when a parameter is sent twice", async () => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  const form = [...txnForm(subject), ["scope", "find"] as const];
  const caller = { spiffeId: GATEWAY, confirmation: undefined, proof: undefined };
  expect(await refused((await hops.transactions()).token(form, caller))).toEqual(["request.malformed"]);
});

test("fails when a proof is sent: the token is not bound to a key, and the proof is used up", async () => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  const proof = { jkt: "key", jti: "proof-1", issuedAt: hops.now };
  const caller = { spiffeId: GATEWAY, confirmation: { jkt: "key" }, proof };
  expect(await refused((await hops.transactions()).token(txnForm(subject), caller))).toEqual(["request.malformed"]);
  expect(hops.acts[0]?.writes).toHaveLength(1);
});

test.each([CLERK, CHIEF, "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway2", ""])(
  "fails when the caller %j is not listed, with any request",
  async (caller) => {
    const hops = new HopsWorld();
    const subject = await hops.toolToken(await hops.handed());
    expect(await refused(hops.ask(subject, {}, caller))).toEqual(["caller.not-listed"]);
    expect(await refused(hops.ask("nonsense", { grant_type: "x" }, caller))).toEqual(["caller.not-listed"]);
  },
);

/** Tokens that no first transaction token is made of */
test.each<readonly [what: string, token: (hops: HopsWorld, run: Run) => Promise<string>, code: string]>([
  ["for AWS", (hops, run) => hops.toolToken(run, { aud: "aws" }), "transaction.subject"],
  [
    "for a delegate",
    (hops, run) => hops.toolToken(run, { aud: "exchange", may_act: { sub: CLERK } }),
    "transaction.subject",
  ],
  ["over", (hops, run) => hops.toolToken(run, { exp: hops.now, iat: hops.now - 10 }), "evidence.expired"],
  ["of another run", (hops, run) => hops.toolToken(run, { run: "other" }), "transaction.ended"],
  ["of another transaction", (hops, run) => hops.toolToken(run, { txn: "other" }), "transaction.ended"],
  [
    "of another agent",
    (hops, run) => hops.toolToken(run, { client_id: CHIEF, act: { sub: CHIEF } }),
    "transaction.ended",
  ],
  [
    "of another issuer",
    (hops, run) => hops.toolToken(run, { iss: "https://other.example" }),
    "evidence.issuer-unknown",
  ],
  ["none", async () => "nonsense", "evidence.malformed"],
  ["changed", async (hops, run) => `${(await hops.toolToken(run)).slice(0, -4)}AAAA`, "evidence.signature"],
  [
    "a transaction token under another name",
    async (hops, run) => (await hops.ask(await hops.toolToken(run))).access_token,
    "evidence.type",
  ],
  ["without a scope", (hops, run) => hops.toolToken(run, withoutScope), "scope.too-wide"],
])("fails when the subject token is %s", async (_, token, code) => {
  const hops = new HopsWorld();
  const run = await hops.handed();
  expect(await refused(hops.ask(await token(hops, run)))).toEqual([code]);
});

const withoutScope = { scope: undefined } as unknown as Partial<AccessTokenClaims>;

/** Tokens that no replacement is made of */
test.each<readonly [what: string, token: (hops: HopsWorld, first: string) => Promise<string>, code: string]>([
  ["an access token under another name", async (hops) => hops.toolToken(await hops.handed()), "evidence.type"],
  ["of another trust domain", (hops, first) => changed(hops, first, { aud: "test.acme.example" }), "evidence.audience"],
  ["one with more hops than there are", (hops, first) => changed(hops, first, { hops: 9 }), "evidence.malformed"],
  ["one that lives for too long", (hops, first) => changed(hops, first, { exp: hops.now + 61 }), "evidence.malformed"],
  ["one with a claim more", (hops, first) => changed(hops, first, { admin: true }), "evidence.malformed"],
  [
    "one that is over",
    (hops, first) => changed(hops, first, { iat: hops.now - 20, exp: hops.now }),
    "evidence.expired",
  ],
  ["of an unknown transaction", (hops, first) => changed(hops, first, { txn: "x" }), "transaction.ended"],
])("fails when what is replaced is %s", async (_, token, code) => {
  const hops = new HopsWorld();
  const first = (await hops.ask(await hops.toolToken(await hops.handed()))).access_token;
  expect(await refused(hops.ask(await token(hops, first), REPLACED))).toEqual([code]);
});

test.each<readonly [what: string, change: Parameters, code: string]>([
  ["a wider scope", { scope: "find read update" }, "scope.too-wide"],
  ["what the tool token had, and the first did not take", { scope: "update" }, "scope.too-wide"],
  ["other details", { request_details: "{}" }, "transaction.context"],
  ["another context", { request_context: "{}" }, "transaction.context"],
])("fails when a replacement asks for %s", async (_, change, code) => {
  const hops = new HopsWorld();
  const first = (await hops.ask(await hops.toolToken(await hops.handed()))).access_token;
  expect(await refused(hops.ask(first, { ...REPLACED, ...change }))).toEqual([code]);
});

/** What was stopped since: neither a first one nor a replacement comes of it */
test.each<readonly [what: string, stop: (hops: HopsWorld, run: Run) => unknown]>([
  ["the agent was revoked", (hops) => hops.stop({ kind: "agent", id: "clerk" })],
  ["the delegator was revoked", (hops) => hops.stop({ kind: "agent", id: "chief" })],
  ["the user was revoked", (hops) => hops.stop({ kind: "user", user: ALICE })],
  ["the first run was revoked", (hops, { txn }) => hops.stop({ kind: "run", id: txn })],
  [
    "the agent is not declared any more",
    ({ world }) => (world.fleet = { ...world.fleet, agentOf: () => undefined, agentNamed: () => undefined }),
  ],
  ["the runs are over", ({ world }, { expiresAt }) => (world.now = expiresAt)],
])("fails when %s", async (what, stop) => {
  const hops = new HopsWorld();
  const run = await hops.handed();
  const subject = await hops.toolToken(run);
  const { access_token: first } = await hops.ask(subject);
  await stop(hops, run);
  const code = what === "the runs are over" ? "evidence.expired" : "transaction.ended";
  expect(await refused(hops.ask(subject))).toEqual([code]);
  expect(await refused(hops.ask(first, REPLACED))).toEqual([code]);
});

/** A written token is not returned, and the records say so */
describe.each(["first", "replacement"] as const)("fails, as a %s token is written, when", (kind) => {
  test.each<readonly [what: string, code: string, stop: (hops: HopsWorld, run: Run) => unknown]>([
    ["the agent is revoked", "transaction.ended", (hops) => hops.stop({ kind: "agent", id: "clerk" })],
    ["the delegator is revoked", "transaction.ended", (hops) => hops.stop({ kind: "agent", id: "chief" })],
    ["the user is revoked", "transaction.ended", (hops) => hops.stop({ kind: "user", user: ALICE })],
    ["the first run is revoked", "transaction.ended", (hops, { txn }) => hops.stop({ kind: "run", id: txn })],
    [
      "the next epoch begins",
      "store.restored",
      ({ world: { store, now }, ledger }) => bumpEpoch({ store, ledger, now, voidKeys: [] }),
    ],
  ])("%s", async (_, code, stop) => {
    const hops = new HopsWorld();
    const run = await hops.handed();
    const subject = await hops.toolToken(run);
    const first = kind === "first" ? undefined : (await hops.ask(subject)).access_token;
    hops.meanwhile(() => stop(hops, run));
    expect(await refused(first === undefined ? hops.ask(subject) : hops.ask(first, REPLACED))).toEqual([code]);
    const [issued, refusal] = hops.acts.slice(-2).map(({ event }) => event);
    const token = issued?.facts.token;
    expect([issued, refusal]).toMatchObject([
      { kind: "txn.issued", facts: { from: kind } },
      { kind: "txn.refused", facts: { service: GATEWAY, token, codes: [code] } },
    ]);
    expect(token).toEqual(expect.any(String));
  });
});

test("fails when the first run is over before the token", async () => {
  const hops = new HopsWorld();
  const run = await hops.handed();
  const { access_token: first } = await hops.ask(await hops.toolToken(run));
  const [iat, exp] = [run.expiresAt - 1, run.expiresAt + 30];
  const late = await changed(hops, first, { iat, exp });
  hops.world.now = iat;
  expect(await refused(hops.ask(late, REPLACED))).toEqual([]);
  hops.world.now = run.expiresAt;
  expect(await refused(hops.ask(late, REPLACED))).toEqual(["transaction.ended"]);
});

test("fails when another exchange has had a newer registry in force", async () => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  const { access_token: first } = await hops.ask(subject);
  await noteRevision(hops.world.store, hops.world.fleet.revision + 1);
  expect(await refused(hops.ask(subject))).toEqual(["registry.unavailable"]);
  expect(await refused(hops.ask(first, REPLACED))).toEqual(["registry.unavailable"]);
});

test("fails when the revocations cannot be read", async () => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  const { access_token: first } = await hops.ask(subject);
  const { read } = hops.world.store;
  hops.world.store.read = async (keys) => {
    if (keys.some(({ partition }) => partition === "revoked")) throw new StoreUnavailable("no answer");
    return read.call(hops.world.store, keys);
  };
  expect(await refused(hops.ask(subject))).toEqual(["store.unavailable"]);
  expect(await refused(hops.ask(first, REPLACED))).toEqual(["store.unavailable"]);
});

test("a log that is full changes no refusal", async () => {
  const hops = new HopsWorld();
  hops.failures.push = () => {
    throw new Error("disk full");
  };
  hops.beforeCommit = () => {
    throw new StoreUnavailable("full");
  };
  expect(await refused(hops.ask("nonsense"))).toEqual(["evidence.malformed"]);
});

async function changed(hops: HopsWorld, token: string, change: object): Promise<string> {
  return signOwn(await hops.keys, TXN_TOKEN_TYPE, { ...(await hops.claimsOf(token)), ...change });
}
