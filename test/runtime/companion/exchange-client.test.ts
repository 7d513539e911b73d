import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { certificate } from "../../support/certificate";
import { codesOf, Running } from "../../support/companion/running";
import { AGENT, Authority, EXCHANGE, TRUST_DOMAIN } from "../../support/companion/trust";

const BEGIN = { task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk" };

let running: Running;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  running = new Running();
});
afterEach(async () => {
  await running.close();
  for (const close of closing.splice(0).reverse()) await close();
});

async function refusedBecause(): Promise<string> {
  const answer = await running.ask("/v1/runs", { body: BEGIN });
  expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-exchange"]]);
  return answer.json.error_description as string;
}

test("the exchange is known by the SPIFFE ID that is configured", async () => {
  const other = `spiffe://${TRUST_DOMAIN}/ns/elsewhere/sa/exchange`;
  await running.start({ exchangeId: other }, running.authority.svid(other));
  expect((await running.ask("/v1/runs", { body: BEGIN })).status).toBe(201);
});

test("the exchange may restart, and its certificate change", async () => {
  await running.start();
  await running.begin();
  await running.exchange.stop();
  await running.exchange.start(running.authority.svid(EXCHANGE));
  await running.begin();
});

test("another bundle holds from the next request on", async () => {
  await running.start();
  await running.begin();
  running.source.give(running.svid, new Authority().own);
  expect(await refusedBecause()).toMatch(/unable to verify|self-signed|certificate/);
});

describe("fails with companion.no-exchange, and sends nothing, when the exchange shows", () => {
  test.each([
    ["the agent's own SPIFFE ID", [AGENT], /the exchange must show \S+ambit-exchange, got URI:\S+support-triage/],
    ["a longer one", [`${EXCHANGE}-2`], /got URI:\S+ambit-exchange-2/],
    ["that of another trust domain", [EXCHANGE.replace("prod", "test")], /got URI:spiffe:\/\/test/],
    ["two", [EXCHANGE, AGENT], /got URI:\S+ambit-exchange, URI:\S+support-triage/],
    ["one that hides another", [`${EXCHANGE}, URI:${EXCHANGE}`], /the exchange must show/],
    ["none", [], /got no SPIFFE ID/],
  ])("%s", async (_, uris, why) => {
    await running.start({}, running.authority.svid(...uris));
    expect(await refusedBecause()).toMatch(why);
    expect(running.exchange.received).toEqual([]);
  });

  test("the right one by a stranger's authority", async () => {
    await running.start({}, new Authority().svid(EXCHANGE));
    expect(await refusedBecause()).toMatch(/certificate|signature/);
    expect(running.exchange.received).toEqual([]);
  });

  test("the right one, signed by itself", async () => {
    await running.start({}, certificate({ commonName: "exchange", uris: [EXCHANGE] }));
    expect(await refusedBecause()).toMatch(/self-signed/);
  });
});

describe("fails with companion.no-exchange when the exchange", () => {
  test("does not take the own certificate", async () => {
    await running.start();
    running.source.give(new Authority().svid(AGENT), running.authority.own);
    expect(await refusedBecause()).toMatch(/alert|socket|ECONNRESET|EPIPE/);
    expect(running.exchange.received).toEqual([]);
  });

  test("speaks TLS below 1.3", async () => {
    const server = createTlsServer({ ...running.authority.svid(EXCHANGE), maxVersion: "TLSv1.2" });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    await running.start({ exchangeUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(await refusedBecause()).toMatch(/version|handshake|alert/);
  });

  test("is not there", async () => {
    await running.start();
    await running.exchange.stop();
    expect(await refusedBecause()).toMatch(/ECONNREFUSED/);
  });

  test.each([
    ["answers with no JSON", "hello", 200, /not of its contract/],
    ["answers with a page", "<html>", 502, /status 502 and no reason/],
    ["redirects", "", 302, /status 302 and no reason/],
    ["refuses without an error", "{}", 400, /status 400 and no reason/],
    ["answers with nothing", "", 200, /not of its contract/],
  ])("%s", async (_, text, status, why) => {
    await running.start();
    running.exchange.said.set("/token", (response) => {
      response.writeHead(status, { location: "https://attacker.example/" });
      response.end(text);
    });
    expect(await refusedBecause()).toMatch(why);
  });

  test("breaks off in its answer", async () => {
    await running.start();
    running.exchange.said.set("/token", (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
      setTimeout(() => response.destroy(), 20);
    });
    expect(await refusedBecause()).toMatch(/aborted|broke off/);
  });

  test("answers with more than any token needs", async () => {
    await running.start();
    running.exchange.said.set("/token", { status: 200, body: { access_token: "a".repeat(300_000) } });
    expect(await refusedBecause()).toMatch(/at most 262144 bytes/);
  });

  const sound = { access_token: "x", token_type: "Bearer", expires_in: 9 };
  const details = {
    type: "ambit_task",
    task: "answer",
    start: "user",
    run: "r",
    txn: "t",
    sid: "s",
    run_expires_at: 9,
  };
  test.each([
    ["a token of another type", { token_type: "DPoP" }, /token_type/],
    ["a token without an end", { expires_in: undefined }, /expires_in/],
    ["a token that lives for no time", { expires_in: 0 }, /expires_in/],
    ["no run", { authorization_details: undefined }, /authorization_details/],
    ["two runs", { authorization_details: [details, details] }, /authorization_details/],
    ["a run without an end", { authorization_details: [{ ...details, run_expires_at: undefined }] }, /run_expires_at/],
  ])("answers with %s", async (_, wrong, why) => {
    await running.start();
    running.exchange.said.set("/token", {
      status: 200,
      body: { ...sound, authorization_details: [details], ...wrong },
    });
    expect(await refusedBecause()).toMatch(why);
  });
});
