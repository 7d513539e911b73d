import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { GATEWAY, headerOf } from "../../../support/companion/fake-gateway";
import { refusal } from "../../../support/companion/fake-exchange";
import { type Answer, codesOf } from "../../../support/companion/running";
import { BY_SELF, BY_TASK, ToTools } from "../../../support/companion/to-tools";
import { AGENT, Authority, EXCHANGE } from "../../../support/companion/trust";

const TOKEN = "a-token-of-this-pod-alone";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

/** Nothing reached the gateway, and nothing was asked of the exchange besides the run itself. */
function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect(to.gateway.arrived).toEqual([]);
}

describe("fails with companion.no-tools", () => {
  test("where no gateway is configured, and says what to set", async () => {
    await to.start({ gateway: undefined });
    await to.running.begin();
    const answer = await to.ask(BY_TASK);
    expectRefused(answer, 404, "companion.no-tools");
    expect(answer.json.error_description).toMatch(/set AMBIT_GATEWAY_URL to https:/);
    expect(to.running.exchange.received).toHaveLength(1);
  });
});

describe("fails with companion.malformed when", () => {
  test.each([
    ["the tool is the folder above", "/v1/tasks/answer/tools/../zendesk"],
    ["the tool is an encoded folder above", "/v1/tasks/answer/tools/%2e%2e/zendesk"],
    ["the tool is written another way", "/v1/tasks/answer/tools/zend%65sk/tickets"],
    ["the tool has a parameter", "/v1/tasks/answer/tools/zendesk;a=b/tickets"],
    ["the tool is empty", "/v1/tasks/answer/tools//zendesk"],
    ["there is no tool", "/v1/tasks/answer/tools"],
    ["there is no tool after a slash", "/v1/tasks/answer/tools/?a=/tools/zendesk"],
    ["the tool has large letters", "/v1/tasks/answer/tools/Zendesk"],
    ["the task is written another way", "/v1/tasks/%61nswer/tools/zendesk"],
    ["the run is written another way", "/v1/runs/run%2d1/tools/zendesk"],
    ["a run stands before self", "/v1/runs/run-1/self/tools/zendesk"],
  ])("%s", async (_, path) => {
    await to.start();
    await to.running.begin();
    expectRefused(await to.ask(path), 400, "companion.malformed");
  });

  test("the body has a coding besides its chunks", async () => {
    await to.start();
    await to.running.begin();
    const headers = { "transfer-encoding": "gzip, chunked" };
    expectRefused(await to.ask(BY_TASK, { method: "POST", headers }), 400, "companion.malformed");
  });

  test("the connection should become another", async () => {
    await to.start();
    await to.running.begin();
    const headers = { connection: "Upgrade", upgrade: "websocket" };
    expectRefused(await to.ask(BY_TASK, { headers }), 400, "companion.malformed");
  });
});

test("a client that would also speak HTTP/2 is served without it, and the gateway does not hear of that", async () => {
  await to.start();
  await to.running.begin();
  const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" };
  expect((await to.ask(BY_TASK, { headers })).status).toBe(200);
  expect(["upgrade", "http2-settings"].flatMap((name) => headerOf(to.gateway.arrived[0] as never, name))).toEqual([]);
});

describe("what reads as two requests", () => {
  test.each([
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"],
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"],
    ["chunks that are not the last coding", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    ["a length with a sign", "Content-Length: +5\r\n\r\nabcde"],
    ["a folded header", "Content-Length:\r\n 5\r\n\r\nabcde"],
    ["a space before the colon", "Content-Length : 5\r\n\r\nabcde"],
    ["a chunk with another length", "Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n"],
  ])("%s: reaches the gateway as one at most", async (_, rest) => {
    await to.start();
    await to.running.begin();
    const answer = await to.raw(`POST ${BY_TASK}/a HTTP/1.1\r\nHOST\r\nConnection: close\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    // The head may be on its way before the chunks are read; then the gateway never gets to their end.
    expect(to.gateway.arrived.length).toBeLessThanOrEqual(1);
  });
});

test("fails with CONNECT, which is not served", async () => {
  await to.start();
  await to.running.begin();
  expect(await to.raw(`CONNECT 127.0.0.1:1 HTTP/1.1\r\nHOST\r\n\r\n`)).toBe("");
  expect(to.gateway.arrived).toEqual([]);
});

describe("a page of a stranger reaches no tool", () => {
  test.each([
    ["by a name that leads to the loopback (DNS rebinding)", "companion.host", { host: "attacker.example:7464" }],
    ["by a name like the loopback's", "companion.host", { host: "localhost.attacker.example" }],
    ["with an Origin", "companion.browser", { origin: "https://attacker.example" }],
    ["with the loopback's Origin", "companion.browser", { origin: "http://127.0.0.1" }],
    ["by a link", "companion.browser", { "sec-fetch-mode": "navigate" }],
    ["by an image", "companion.browser", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
  ])("%s", async (_, code, headers) => {
    await to.start();
    await to.running.begin();
    expectRefused(await to.ask(BY_TASK, { headers }), 403, code);
    expectRefused(await to.ask(BY_SELF, { method: "POST", headers }, "a=b"), 403, code);
  });

  test("also behind more headers than Node reads by itself", async () => {
    await to.start();
    await to.running.begin();
    const many = "a:\r\n".repeat(2_100);
    const answer = await to.raw(`GET ${BY_TASK} HTTP/1.1\r\nHOST\r\n${many}Origin: https://attacker.example\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*companion\.browser/);
  });

  test("and gets no leave by asking for it", async () => {
    await to.start();
    const headers = { origin: "https://attacker.example", "access-control-request-method": "POST" };
    const answer = await to.ask(BY_TASK, { method: "OPTIONS", headers });
    expectRefused(answer, 403, "companion.browser");
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });
});

describe("with a token of the pod", () => {
  test.each([
    ["Authorization", { authorization: `Bearer ${TOKEN}` }],
    ["X-Api-Key", { "x-api-key": TOKEN }],
    ["X-Api-Key, beside another's Authorization", { "x-api-key": TOKEN, authorization: "Bearer other" }],
  ])("%s lets in, and the gateway does not hear of it", async (_, headers) => {
    await to.start({ token: TOKEN });
    const begun = await to.ask("/v1/runs", { method: "POST", headers: { ...BEGIN, authorization: TOKEN } }, RUN);
    expect(begun.status).toBe(201);
    expect((await to.ask(BY_TASK, { headers })).status).toBe(200);
    expect(headerOf(to.gateway.arrived[0] as never, "authorization")).toEqual(["Bearer token-1"]);
    expect(to.gateway.arrived[0]?.raw.join()).not.toContain(TOKEN);
  });

  test.each([
    ["there is none", {}],
    ["it is another", { authorization: `Bearer ${TOKEN}x`, "x-api-key": "other" }],
    ["X-Api-Key is empty", { "x-api-key": "" }],
    ["it is a cookie", { cookie: `x-api-key=${TOKEN}` }],
  ])("fails when %s", async (_, headers) => {
    await to.start({ token: TOKEN });
    expectRefused(await to.ask(BY_SELF, { headers }), 401, "companion.unauthenticated");
    expect(to.running.exchange.received).toEqual([]);
  });

  test("fails when X-Api-Key is sent twice", async () => {
    await to.start({ token: TOKEN });
    const two = `X-Api-Key: ${TOKEN}\r\nX-Api-Key: other\r\n`;
    expect(await to.raw(`GET ${BY_SELF} HTTP/1.1\r\nHOST\r\n${two}\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("fails when X-Api-Key is shown for a token", async () => {
    await to.start({ token: TOKEN });
    expect((await to.ask("/v1/runs/run-1", { headers: { "x-api-key": TOKEN } })).status).toBe(401);
    expect((await to.ask("/v1/runs?a=/tools/zendesk", { headers: { "x-api-key": TOKEN } })).status).toBe(401);
  });
});

const BEGIN = { "content-type": "application/json" };
const RUN = JSON.stringify({ task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk" });

describe("fails with companion.no-gateway, to try again, when the gateway", () => {
  async function refusedBecause(): Promise<string> {
    const answer = await to.ask(BY_TASK, { method: "POST" }, "a body");
    expectRefused(answer, 503, "companion.no-gateway");
    expect(answer.headers["retry-after"]).toBe("1");
    return answer.json.error_description as string;
  }

  test("is not there", async () => {
    await to.start();
    await to.running.begin();
    await to.gateway.stop();
    expect(await refusedBecause()).toMatch(/ECONNREFUSED/);
  });

  test.each([
    ["the exchange's SPIFFE ID", [EXCHANGE], /the gateway must show \S+ambit-gateway, got URI:\S+ambit-exchange/],
    ["the agent's own", [AGENT], /got URI:\S+support-triage/],
    ["a longer one", [`${GATEWAY}-2`], /got URI:\S+ambit-gateway-2/],
    ["two", [GATEWAY, EXCHANGE], /got URI:\S+ambit-gateway, URI:/],
    ["none", [], /got no SPIFFE ID/],
  ])("shows %s", async (_, uris, why) => {
    await to.start();
    await to.running.begin();
    await to.gateway.stop();
    await to.gateway.start(to.running.authority.svid(...uris));
    expect(await refusedBecause()).toMatch(why);
  });

  test("shows another than is configured", async () => {
    await to.start({ gatewayId: `${GATEWAY}-of-ours` });
    await to.running.begin();
    expect(await refusedBecause()).toMatch(/must show \S+-of-ours/);
  });

  test("is signed by a stranger", async () => {
    await to.start();
    await to.running.begin();
    await to.gateway.stop();
    await to.gateway.start(new Authority().svid(GATEWAY));
    expect(await refusedBecause()).toMatch(/certificate|signature/);
  });

  test("speaks TLS below 1.3", async () => {
    const server = createTlsServer({ ...to.running.authority.svid(GATEWAY), maxVersion: "TLSv1.2" });
    server.on("secureConnection", (socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await to.start({ gateway: { url, spiffeId: undefined } });
    await to.running.begin();
    expect(await refusedBecause()).toMatch(/version|handshake|alert/);
    server.close();
  });

  test("does not finish the handshake", async () => {
    const server = await silent();
    await to.start({ gateway: { url: `https://127.0.0.1:${server.port}`, spiffeId: undefined } }, LATE);
    await to.running.begin();
    expect(await refusedBecause()).toMatch(/no connection within 100 ms/);
    server.close();
  });
});

test("the gateway is known by the SPIFFE ID that is configured", async () => {
  const other = `${GATEWAY}-of-ours`;
  await to.start({ gatewayId: other });
  await to.gateway.stop();
  await to.gateway.start(to.running.authority.svid(other));
  await to.running.begin();
  expect((await to.ask(BY_TASK)).status).toBe(200);
});

const LATE = { connectMilliseconds: 100 };

/** A server that takes connections and says nothing */
async function silent(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

describe("fails as the exchange or the companion says when", () => {
  test("there is no run", async () => {
    await to.start();
    expectRefused(await to.ask(BY_TASK), 404, "companion.no-run");
    expectRefused(await to.ask("/v1/runs/run-1/tools/zendesk"), 404, "companion.no-run");
  });

  test("the task may not use the tool, of which a client with a large body hears too", async () => {
    await to.start();
    await to.running.begin({ audience: "exchange", delegate: "other.task" });
    to.running.exchange.said.set("/token", refusal("invalid_target", "audience.not-granted"));
    const headers = { connection: "close" };
    const answer = await to.ask(BY_TASK, { method: "POST", headers }, Buffer.alloc(20_000_000));
    expectRefused(answer, 403, "audience.not-granted");
  });

  test("it waits to be told to go on, and is told what is refused in place of that", async () => {
    await to.start();
    const head = `POST ${BY_TASK} HTTP/1.1\r\nHOST\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`;
    expect(await to.raw(head)).toMatch(/^HTTP\/1\.1 404 [\s\S]*companion\.no-run/);
  });

  test("there is no SVID", async () => {
    await to.start();
    await to.running.begin();
    to.running.source.takeAway("no identity issued");
    expectRefused(await to.ask(BY_TASK), 503, "companion.no-identity");
  });
});
