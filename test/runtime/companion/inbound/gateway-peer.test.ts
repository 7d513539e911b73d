import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import { certificate } from "../../../support/certificate";
import { GATEWAY } from "../../../support/companion/fake-gateway";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { AGENT, Authority, EXCHANGE, TRUST_DOMAIN } from "../../../support/companion/trust";

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving.close());

/** Nothing came to the agent, and no run began. */
function expectNothing(): void {
  expect([serving.got, serving.running.exchange.received]).toEqual([[], []]);
}

const LASTING = { keepAlive: true, maxSockets: 1 };

describe("fails with companion.not-gateway when the client shows", () => {
  test.each([
    ["the agent's own SPIFFE ID", [AGENT], /must show \S+ambit-gateway, got \S+support-triage/],
    ["the exchange's", [EXCHANGE], /got \S+ambit-exchange/],
    ["a longer one", [`${GATEWAY}-2`], /got \S+ambit-gateway-2/],
    ["that of another trust domain", [GATEWAY.replace("prod", "test")], /shows no SVID that is good now/],
    ["two", [GATEWAY, AGENT], /shows no SVID/],
    ["one that hides another", [`${AGENT}, URI:${GATEWAY}`], /shows no SVID/],
    ["none", [], /shows no SVID/],
  ])("%s", async (_, uris, why) => {
    await serving.start();
    const answer = await serving.ask("/chat", serving.running.authority.svid(...uris));
    expect([answer.status, codesOf(answer)]).toEqual([403, ["companion.not-gateway"]]);
    expect(answer.json.error_description).toMatch(why);
    expectNothing();
  });

  test("the right one, where another is configured", async () => {
    await serving.start({ gatewayId: `${GATEWAY}-of-ours` });
    expect(codesOf(await serving.ask())).toEqual(["companion.not-gateway"]);
    expectNothing();
  });

  test("one that has expired since the handshake", async () => {
    await serving.start();
    const { authority, now } = { authority: serving.running.authority, now: serving.running.now };
    const issuer = { commonName: "trust domain", key: authority.own.key };
    const agent = new Agent(LASTING);
    const short = certificate({ commonName: "w", uris: [GATEWAY], issuer, validity: [now - 60, now + 600] });
    expect((await serving.ask("/chat", { agent, ...short })).status).toBe(200);
    // The own SVID lasts for a day, and the run is another.
    serving.running.now += 600;
    const answer = await serving.ask("/chat", { agent, ...short });
    expect(codesOf(answer)).toEqual(["companion.not-gateway"]);
    expect(serving.got).toHaveLength(1);
    agent.destroy();
  });

  test("one whose authority has expired since the handshake", async () => {
    await serving.start();
    const { authority, now, source, svid } = serving.running;
    const short = certificate({ commonName: "short", validity: [now - 60, now + 600] });
    const shown = certificate({ commonName: "w", uris: [GATEWAY], issuer: { commonName: "short", key: short.key } });
    source.give(svid, { ...short, cert: `${authority.own.cert}${short.cert}` });
    const agent = new Agent(LASTING);
    expect((await serving.ask("/chat", { agent, ...shown })).status).toBe(200);
    serving.running.now += 599;
    expect((await serving.ask("/chat", { agent, ...shown })).status).toBe(200);
    serving.running.now += 1;
    expect(codesOf(await serving.ask("/chat", { agent, ...shown }))).toEqual(["companion.not-gateway"]);
    expect(serving.got).toHaveLength(2);
    agent.destroy();
  });

  test("one that no authority of now vouches for, on a connection of before", async () => {
    await serving.start();
    const agent = new Agent(LASTING);
    expect((await serving.ask("/chat", { agent })).status).toBe(200);
    serving.running.source.give(serving.running.svid, new Authority().own);
    expect(codesOf(await serving.ask("/chat", { agent }))).toEqual(["companion.not-gateway"]);
    expect(serving.got).toHaveLength(1);
    agent.destroy();
  });
});

test("the gateway is known by the SPIFFE ID that is configured", async () => {
  const other = `spiffe://${TRUST_DOMAIN}/ns/edge/sa/gateway`;
  await serving.start({ gatewayId: other });
  expect((await serving.ask("/chat", serving.running.authority.svid(other))).status).toBe(200);
});

describe("there is no connection when the client shows", () => {
  test.each([
    ["no certificate", () => ({ cert: undefined, key: undefined })],
    ["the right SPIFFE ID by a stranger's authority", () => new Authority().svid(GATEWAY)],
    ["the right one, signed by itself", () => certificate({ commonName: "gateway", uris: [GATEWAY] })],
  ])("%s", async (_, shown) => {
    await serving.start();
    await expect(serving.ask("/chat", shown() as never)).rejects.toThrow(/alert|ECONNRESET|EPIPE|hang up/);
    expectNothing();
  });

  test("TLS 1.2", async () => {
    await serving.start();
    await expect(serving.ask("/chat", { maxVersion: "TLSv1.2" })).rejects.toThrow(/version|alert|ECONNRESET/);
    expectNothing();
  });
});

describe("without an SVID", () => {
  test("fails with companion.no-identity on a connection that is there", async () => {
    await serving.start();
    const agent = new Agent(LASTING);
    await serving.ask("/chat", { agent });
    serving.running.source.takeAway("no identity issued");
    const answer = await serving.ask("/chat", { agent });
    expect([answer.status, codesOf(answer), answer.headers["retry-after"]]).toEqual([
      503,
      ["companion.no-identity"],
      "1",
    ]);
    expect(serving.got).toHaveLength(1);
    agent.destroy();
  });

  test("fails with any new connection, until there is one again", async () => {
    await serving.start();
    serving.running.source.takeAway("no identity issued");
    await expect(serving.ask()).rejects.toThrow(/ECONNRESET|EPIPE|hang up|disconnected/);
    serving.running.source.give(serving.running.svid, serving.running.authority.own);
    expect((await serving.ask()).status).toBe(200);
  });
});

test("the server shows the SVID of now from the next handshake on", async () => {
  await serving.start();
  const shown = async (): Promise<string> => {
    const made = serving.open();
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
    response.destroy();
    return fingerprint256;
  };
  const before = await shown();
  serving.running.source.give(serving.running.authority.svid(AGENT), serving.running.authority.own);
  const after = await shown();
  expect([before === after, await shown()]).toEqual([false, after]);
});

test("no session is taken up again: each handshake shows the certificate", async () => {
  await serving.start();
  const { authority, inboundPort: port } = serving.running;
  const open = async (session?: Buffer): Promise<TLSSocket> => {
    const socket = connect({
      port,
      ...serving.gateway,
      ca: authority.own.cert,
      session,
      checkServerIdentity: () => undefined,
    });
    await once(socket, "secureConnect");
    return socket;
  };
  const first = await open();
  const lines = Object.entries(serving.said()).map(([name, value]) => `${name}: ${value}\r\n`);
  first.write(`GET /chat HTTP/1.1\r\nHost: a\r\n${lines.join("")}\r\n`);
  await once(first, "data");
  const second = await open(first.getSession());
  expect(second.isSessionReused()).toBe(false);
  first.destroy();
  second.destroy();
});
