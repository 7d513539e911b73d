import { readWriter, missingRecord } from "../../support/audit/writer-records";
import { outboundEndpoint } from "../../../runtime/exchange/http/outbound-endpoint";
import { type Credential, OutboundFailure, type TokenFacts } from "../../../runtime/outbound/credential";
import type { Ways } from "../../../runtime/outbound/ways";
import { Refusal } from "../../../runtime/refusal/refusal";
import { bumpEpoch } from "../../../runtime/session/epoch";
import type { Run } from "../../../runtime/session/session";
import { StoreUnavailable } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { refused } from "../../support/exchange/aws-world";
import { ALICE, CLERK, GATEWAY, HopsWorld, LOGIN } from "../../support/exchange/hops-world";

const KEY = "sk-4711";

class Fixed {
  public readonly asked: TokenFacts[] = [];

  constructor(private readonly give: () => Promise<Credential> | Credential) {}

  public async headersFor(facts: TokenFacts): Promise<Credential> {
    this.asked.push(facts);
    return this.give();
  }
}

const giving = (expiresAt = 2_000_000_000) => new Fixed(() => ({ headers: { "x-api-key": KEY }, expiresAt }));
const ways = (robot: Fixed, mail?: Fixed): Ways => ({
  tools: new Map(mail === undefined ? [] : [["mail", mail]]),
  services: new Map([["crm-robot", robot]]),
});

test("the gateway is given what a tool of a service is called with, and no user is needed", async () => {
  const hops = new HopsWorld();
  for (const user of [ALICE, null]) {
    const outbound = await hops.outbound(ways(giving()));
    const token = await hops.toolToken(await hops.handed(user));
    expect(await outbound.credential(token, GATEWAY)).toEqual({
      headers: { "x-api-key": KEY },
      expires_at: 2_000_000_000,
    });
  }
});

test("a tool that acts as the user is called with the user's, and the issuers are known", async () => {
  const hops = new HopsWorld();
  const [robot, mail] = [giving(), giving()];
  const outbound = await hops.outbound(ways(robot, mail));
  await outbound.credential(await hops.toolToken(await hops.handed(), { aud: "tool:mail" }), GATEWAY);
  expect(robot.asked).toEqual([]);
  expect(mail.asked).toMatchObject([{ claims: { sub: "alice" }, issuers: [LOGIN] }]);
});

test("its record is written before it goes out: agent, user, expiry, and nothing of the credential", async () => {
  const hops = new HopsWorld();
  const run = await hops.handed();
  const token = await hops.toolToken(run);
  await (await hops.outbound(ways(giving()))).credential(token, GATEWAY);
  expect(hops.acts.map(({ event }) => event)).toMatchObject([
    {
      kind: "outbound.given",
      facts: {
        service: GATEWAY,
        spiffeId: CLERK,
        task: "read-public",
        run: run.run,
        txn: run.txn,
        audience: "tool:crm",
        expiresAt: 2_000_000_000,
      },
    },
  ]);
  for (const secret of [KEY, token, ALICE.subject]) expect(JSON.stringify(hops.acts)).not.toContain(secret);
  const { records, head } = await readWriter(hops.world.store, hops.ledger.writer);
  expect(missingRecord(records, head)).toBeUndefined();
});

describe("what is kept for a call", () => {
  const aud = (tool: string) => ({ aud: `tool:${tool}`, sub_id: { format: "uri", uri: "x" } }) as AccessTokenClaims;
  const kept = { headers: { "x-api-key": KEY }, expiresAt: 2_000_000_000 };
  const asked = async (robot: Fixed) => new HopsWorld().outbound(ways(robot));

  test("is given without a request to its issuer", async () => {
    const robot = Object.assign(giving(), { keptFor: () => kept });
    expect((await asked(robot)).keptFor(aud("crm"))).toEqual(kept.headers);
    expect(robot.asked).toEqual([]);
  });

  test("is nothing where nothing was got", async () => {
    const robot = Object.assign(giving(), { keptFor: () => undefined });
    expect((await asked(robot)).keptFor(aud("crm"))).toBeUndefined();
    expect((await asked(giving())).keptFor(aud("crm"))).toBeUndefined();
  });

  test.each([
    ["an undeclared tool", "none", "outbound.undeclared"],
    ["a service without identity", "wiki", "outbound.undeclared"],
    ["a user's tool without a user", "mail", "user.missing"],
  ])("fails for %s", async (_, tool, code) => {
    const outbound = await asked(giving());
    expect(() => outbound.keptFor(aud(tool))).toThrow(code);
  });
});

/** No issuer is asked, and the refusal is on record */
test.each<readonly [what: string, token: (hops: HopsWorld, run: Run) => Promise<string>, code: string]>([
  ["is none", async () => "nonsense", "token.invalid"],
  ["is over", (hops, run) => hops.toolToken(run, { iat: hops.now - 9, exp: hops.now }), "token.invalid"],
  ["is for AWS", (hops, run) => hops.toolToken(run, { aud: "aws" }), "token.invalid"],
  [
    "is for a delegate",
    (hops, run) => hops.toolToken(run, { aud: "exchange", may_act: { sub: CLERK } }),
    "token.invalid",
  ],
  [
    "is a transaction token",
    async (hops, run) => (await hops.ask(await hops.toolToken(run))).access_token,
    "token.invalid",
  ],
  ["is of another run", (hops, run) => hops.toolToken(run, { run: "other" }), "token.invalid"],
  [
    "is of a stopped run",
    async (hops, run) => (await hops.stop({ kind: "run", id: run.run }), hops.toolToken(run)),
    "token.invalid",
  ],
  ["is for an undeclared tool", (hops, run) => hops.toolToken(run, { aud: "tool:none" }), "outbound.undeclared"],
  [
    "is for a service without identity",
    (hops, run) => hops.toolToken(run, { aud: "tool:wiki" }),
    "outbound.undeclared",
  ],
  [
    "is for a user's tool without identity",
    (hops, run) => hops.toolToken(run, { aud: "tool:mail" }),
    "outbound.undeclared",
  ],
])("fails when the token %s", async (_, token, code) => {
  const hops = new HopsWorld();
  const robot = giving();
  const outbound = await hops.outbound(ways(robot));
  const sent = await token(hops, await hops.handed());
  hops.acts.splice(0);
  expect(await refused(outbound.credential(sent, GATEWAY))).toEqual([code]);
  expect(robot.asked).toEqual([]);
  expect(hops.acts.map(({ event }) => [event.kind, event.facts.codes])).toEqual([["outbound.refused", [code]]]);
});

test.each([
  ["a tool near the task's", "tool:crn", ways(giving()), 'there is no tool crn, did you mean "crm"'],
  ["a tool near another task's", "tool:mial", ways(giving()), "there is no tool mial"],
  [
    "a user's tool near a configured one",
    "tool:mail",
    { tools: new Map([["mial", giving()]]), services: new Map() },
    'no identity is configured for the tool mail, which acts as the user, did you mean "mial"',
  ],
  [
    "a service near a configured one",
    "tool:wiki",
    { tools: new Map(), services: new Map([["wiki-robott", giving()]]) },
    'no identity is configured for the service wiki-robot of wiki, did you mean "wiki-robott"',
  ],
  ["a service near none", "tool:wiki", ways(giving()), "no identity is configured for the service wiki-robot of wiki"],
])("says which name is nearest, or none: %s", async (_, aud, of, what) => {
  const hops = new HopsWorld();
  const outbound = await hops.outbound(of);
  const token = await hops.toolToken(await hops.handed(), { aud });
  await expect(outbound.credential(token, GATEWAY)).rejects.toMatchObject({ reasons: [{ what }] });
});

test("fails when a tool acts as the user and there is none", async () => {
  const hops = new HopsWorld();
  const mail = giving();
  const outbound = await hops.outbound(ways(giving(), mail));
  const token = await hops.toolToken(await hops.handed(null), { aud: "tool:mail" });
  expect(await refused(outbound.credential(token, GATEWAY))).toEqual(["user.missing"]);
  expect(mail.asked).toEqual([]);
});

test.each<readonly [what: string, error: unknown, code: string, oauth: string]>([
  ["the tool's server refuses", new OutboundFailure("401 of 10.0.0.1"), "outbound.failed", "temporarily_unavailable"],
  ["the signer is gone", Refusal.of("signer.unavailable"), "signer.unavailable", "temporarily_unavailable"],
  ["something is wrong in the exchange", new TypeError("10.0.0.1"), "exchange.error", "temporarily_unavailable"],
])("fails when %s: the service learns a code alone, the log the rest", async (_, error, code, oauth) => {
  const hops = new HopsWorld();
  const robot = new Fixed(() => Promise.reject(error));
  const asked = (await hops.outbound(ways(robot))).credential(await hops.toolToken(await hops.handed()), GATEWAY);
  const refusal = await asked.then(
    () => undefined,
    (thrown: Refusal) => thrown,
  );
  expect([refusal?.error, refusal?.reasons[0]?.code]).toEqual([oauth, code]);
  expect(JSON.stringify(refusal?.reasons)).not.toContain("10.0.0.1");
  expect(hops.failures).toEqual(error instanceof Refusal ? [] : [error]);
  expect(hops.acts.map(({ event }) => event.kind)).toEqual(["outbound.refused"]);
});

test("fails when the record cannot be written: nothing is given", async () => {
  const hops = new HopsWorld();
  const token = await hops.toolToken(await hops.handed());
  const outbound = await hops.outbound(ways(giving()));
  hops.beforeCommit = () => {
    throw new StoreUnavailable("full");
  };
  expect(await refused(outbound.credential(token, GATEWAY))).toEqual(["store.unavailable"]);
});

/** The credential is not returned, and the records say so */
test.each<readonly [what: string, code: string, stop: (hops: HopsWorld, run: Run) => unknown]>([
  ["the agent is revoked", "token.invalid", (hops) => hops.stop({ kind: "agent", id: "clerk" })],
  ["the delegator is revoked", "token.invalid", (hops) => hops.stop({ kind: "agent", id: "chief" })],
  ["the user is revoked", "token.invalid", (hops) => hops.stop({ kind: "user", user: ALICE })],
  ["the token is revoked", "token.invalid", (hops) => hops.stop({ kind: "token", id: "token-1" })],
  [
    "the next epoch begins",
    "store.restored",
    ({ world: { store, now }, ledger }) => bumpEpoch({ store, ledger, now, voidKeys: [] }),
  ],
])("fails when %s while the credential is fetched or its record is written", async (_, code, stop) => {
  for (const during of ["fetch", "record"]) {
    const hops = new HopsWorld();
    const run = await hops.handed();
    const token = await hops.toolToken(run, { jti: "token-1" });
    const given: Credential = { headers: { "x-api-key": KEY }, expiresAt: 2_000_000_000 };
    const robot = new Fixed(async () => {
      if (during === "fetch") await stop(hops, run);
      else hops.meanwhile(() => stop(hops, run));
      return given;
    });
    expect(await refused((await hops.outbound(ways(robot))).credential(token, GATEWAY))).toEqual([code]);
    expect(hops.acts.map(({ event }) => event)).toMatchObject([
      { kind: "outbound.given", facts: { token: "token-1" } },
      { kind: "outbound.refused", facts: { token: "token-1", codes: [code] } },
    ]);
  }
});

test("a refusal says for the log whose token it was, in the words of the token endpoint", async () => {
  const hops = new HopsWorld();
  const outbound = await hops.outbound(ways(giving()));
  const token = await hops.toolToken(await hops.handed(null), { aud: "tool:mail" });
  const error: unknown = await outbound.credential(token, GATEWAY).catch((reason: unknown) => reason);
  expect((error as Refusal).about).toEqual({
    agent: expect.stringMatching(/^[a-z-]+$/),
    task: expect.any(String),
    txn: expect.any(String),
    audience: "tool:mail",
  });
});

test.each([
  ['{"tokn":"x"}', 'the body has the unknown member tokn, did you mean "token"'],
  ['{"token":1}', "the body must be an object with the text token, and no more"],
])("fails when the body is %s, and the member is named", async (body, what) => {
  const parts = { clients: { service: () => GATEWAY }, outbound: { services: new Set([GATEWAY]), credentials: {} } };
  const headers = { "content-type": "application/json" };
  const raw = new Request("https://exchange.example/outbound", { method: "POST", body, headers });
  const asked = (async () =>
    outboundEndpoint(parts as never)({ req: { raw }, env: {} } as never, undefined as never))();
  await expect(asked).rejects.toMatchObject({ reasons: [{ code: "request.malformed", what }] });
});
