import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from "jose";
import { readWriter, missingRecord } from "../../../support/audit/writer-records";
import { KeySet } from "../../../../runtime/signer/key-set";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { signOwn } from "../../../../runtime/token/own-jwt";
import { refused } from "../../../support/exchange/aws-world";
import {
  ALICE,
  BILLING,
  CHIEF,
  CLERK,
  DOMAIN,
  GATEWAY,
  HopsWorld,
  LOGIN,
  REPLACED,
} from "../../../support/exchange/hops-world";
import { TokenMaker } from "../../../support/exchange/token-maker";

describe("a first transaction token", () => {
  test("names agent, user, task and call", async () => {
    const hops = new HopsWorld();
    const run = await hops.handed();
    const subject = await hops.toolToken(run);
    const answer = await hops.ask(subject, {
      scope: "read find",
      request_details: '{"ticket":7}',
      request_context: '{"ip":"192.0.2.1"}',
    });
    const { access_token: token, ...rest } = answer;
    expect(rest).toEqual({
      issued_token_type: "urn:ietf:params:oauth:token-type:txn_token",
      token_type: "N_A",
      expires_in: 60,
      scope: "find read",
    });
    const keys = createLocalJWKSet((await hops.keys).jwks as unknown as JSONWebKeySet);
    const { payload } = await compactVerify(token, keys);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "ES256", kid: "exchange-1", typ: "txntoken+jwt" });
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      iss: "https://exchange.acme.example",
      aud: DOMAIN,
      iat: hops.now,
      exp: hops.now + 60,
      txn: run.txn,
      sub: "alice",
      sub_id: { format: "iss_sub", iss: LOGIN, sub: "alice" },
      act: { sub: CLERK, act: { sub: CHIEF } },
      scope: "find read",
      req_wl: GATEWAY,
      tctx: {
        agent: "clerk",
        task: "read-public",
        run: run.run,
        tool: "crm",
        chain: [{ agent: "chief", task: "hand" }],
        details: { ticket: 7 },
      },
      rctx: { ip: "192.0.2.1" },
      hops: 0,
    });
  });

  test("is written into the chain before it goes out, with digests alone", async () => {
    const hops = new HopsWorld();
    const subject = await hops.toolToken(await hops.handed());
    const { access_token: token } = await hops.ask(subject, { request_details: '{"secret":"p4ssw0rd"}' });
    const [{ event }] = hops.acts as [(typeof hops.acts)[0]];
    expect(event).toMatchObject({
      kind: "txn.issued",
      facts: { service: GATEWAY, from: "first", agent: "clerk", task: "read-public", tool: "crm", scope: "find read" },
    });
    const text = JSON.stringify(event);
    for (const secret of [token, subject, "p4ssw0rd", ALICE.subject]) expect(text).not.toContain(secret);
  });

  test("does not outlive the token that it is made of", async () => {
    const hops = new HopsWorld();
    const subject = await hops.toolToken(await hops.handed(), { exp: hops.now + 20 });
    const { access_token: token, expires_in: seconds } = await hops.ask(subject);
    expect([seconds, (await hops.claimsOf(token)).exp]).toEqual([20, hops.now + 20]);
  });

  test("names the first agent where there is no user", async () => {
    const hops = new HopsWorld();
    const { access_token: token } = await hops.ask(await hops.toolToken(await hops.handed(null)));
    expect(await hops.claimsOf(token)).toMatchObject({ sub: CHIEF, sub_id: { format: "uri", uri: CHIEF } });
  });

  test.each([
    ["of exactly 4 KiB", { request_details: `{"a":"${"x".repeat(4_096 - 8)}"}` }],
    ["nested 6 deep", { request_context: '{"a":{"a":{"a":{"a":{"a":{}}}}}}' }],
    ["that is empty", { request_details: "{}", request_context: "{}" }],
  ])("takes context %s, and it reads back", async (_, change) => {
    const hops = new HopsWorld();
    const { access_token: token } = await hops.ask(await hops.toolToken(await hops.handed()), change);
    const { tctx, rctx } = await hops.claimsOf(token);
    expect([tctx.details, rctx].filter((value) => value !== undefined)).toEqual(
      Object.values(change).map((text) => JSON.parse(text)),
    );
  });
});

describe("a replacement", () => {
  test("is for the service that asks, and says the same", async () => {
    const hops = new HopsWorld();
    const { access_token: first } = await hops.ask(await hops.toolToken(await hops.handed()), {
      request_details: '{"b":1,"a":[2.5,"ü"]}',
      request_context: '{"ip":"192.0.2.1"}',
    });
    const before = await hops.claimsOf(first);
    hops.world.now += 20;
    const { access_token: next, expires_in: seconds } = await hops.ask(first, { ...REPLACED, scope: "read" }, BILLING);
    expect(await hops.claimsOf(next)).toEqual({ ...before, iat: hops.now, scope: "read", req_wl: BILLING, hops: 1 });
    expect(seconds).toBe(40);
    expect(hops.acts.at(-1)?.event).toMatchObject({ kind: "txn.issued", facts: { from: "replacement", hops: 1 } });
  });

  test("is given eight times in a row, and no more", async () => {
    const hops = new HopsWorld();
    let { access_token: token } = await hops.ask(await hops.toolToken(await hops.handed()));
    for (let hop = 1; hop <= 8; hop += 1) ({ access_token: token } = await hops.ask(token, REPLACED));
    expect(await refused(hops.ask(token, REPLACED))).toEqual(["transaction.hops"]);
  });
});

test("issued and refused tokens are one valid chain of records", async () => {
  const hops = new HopsWorld();
  const subject = await hops.toolToken(await hops.handed());
  await hops.ask(subject);
  await refused(hops.ask(subject, { scope: "delete" }));
  const { records, head } = await readWriter(hops.world.store, hops.ledger.writer);
  expect(missingRecord(records, head)).toBeUndefined();
  expect(records.map(({ kind }) => kind)).toEqual(["txn.issued", "txn.refused"]);
});

describe("nothing is issued", () => {
  test("when the record cannot be written", async () => {
    const hops = new HopsWorld();
    const subject = await hops.toolToken(await hops.handed());
    hops.beforeCommit = () => {
      throw new StoreUnavailable("full");
    };
    expect(await refused(hops.ask(subject))).toEqual(["store.unavailable"]);
    expect(hops.acts).toEqual([]);
  });

  test.each<readonly [what: string, sign: () => Promise<Uint8Array>]>([
    ["fails", () => Promise.reject(new Error("ThrottlingException"))],
    ["does not answer", () => new Promise(() => undefined)],
  ])("when the signer %s", async (_, sign) => {
    const hops = new HopsWorld();
    const subject = await hops.toolToken(await hops.handed());
    const keys = KeySet.of([Object.assign(new TokenMaker("exchange-1"), { sign })]);
    hops.sign = async (claims) => signOwn(await keys, "txntoken+jwt", claims);
    expect(await refused(hops.ask(subject))).toEqual(["signer.unavailable"]);
    expect(hops.acts.map(({ event }) => event.kind)).toEqual(["txn.refused"]);
  });
});
