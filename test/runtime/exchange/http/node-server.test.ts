import { X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent, request, type RequestOptions } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { Hono } from "hono";
import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { NodeServer, SERVER_LIMITS } from "../../../../runtime/exchange/http/node-server";
import type { Environment } from "../../../../runtime/exchange/http/parts";
import type { Log } from "../../../../runtime/log";
import { chainOf, slowAuthority } from "../../../support/exchange/chains";
import { retried } from "../../../support/exchange/retried";
import { tlsFetch } from "../../../support/exchange/tls-fetch";

const authority = new DevelopmentAuthority("prod.acme.example");
const NAMES = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
const identity = () => authority.x509Svid("spiffe://prod.acme.example/exchange", NAMES);
const client = authority.x509Svid("spiffe://prod.acme.example/client");
const tls = { ca: authority.bundle, cert: client.certificate, key: client.key };
const QUICK = { ...SERVER_LIMITS, milliseconds: 300 };
/** What ends only then fails the test */
const LONGER_THAN_A_TEST = 600_000;

const logged: string[] = [];
const refusals: unknown[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  logged.length = 0;
  refusals.length = 0;
});

function shownBy(certificate: Uint8Array | undefined): string {
  return certificate === undefined ? "nothing" : Buffer.from(certificate).toString("base64");
}

/** Answers what it learned of the connection, at once or when it is told to */
async function served(limits: typeof SERVER_LIMITS = SERVER_LIMITS) {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const app = new Hono<Environment>();
  app.all("/", ({ env, text }) => text(shownBy(env.connection.certificates[0])));
  app.all("/known", ({ env, text }) => (env.proven?.(), text("known")));
  app.all("/broken", () => Promise.reject(new Error("broken")));
  app.onError((error) => {
    throw error;
  });
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  app.all("/wait", async ({ text }) => (begin(), await released, text("waited")));
  app.all("/read", async ({ req, text }) => text(`${(await req.arrayBuffer()).byteLength}`));
  const log: Log = (event, facts) => {
    if (event === "connections.refused") refusals.push(facts);
    else logged.push(event);
  };
  const server = new NodeServer(app, identity(), log, limits);
  const port = await server.listen("127.0.0.1", 0);
  ends.push(() => (release(), server.close()));
  return { server, port, release, begun, url: `https://127.0.0.1:${port}` };
}

/** Each answer once its body is over */
function overOneConnection(url: string) {
  const agent = new Agent({ ...tls, keepAlive: true });
  const sockets: Socket[] = [];
  const ask = (options: RequestOptions = {}): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { ...options, agent }, (answer) => answer.resume().on("end", () => resolve(answer)));
      sent.on("socket", (socket) => void sockets.push(socket));
      sent.on("error", reject).end();
    });
  return { agent, ask, sockets };
}

test("the certificates of the peer come from the handshake", async () => {
  const { url } = await served();
  expect(await (await tlsFetch(tls)(url)).text()).toBe(shownBy(new X509Certificate(client.certificate).raw));
  expect(await (await tlsFetch({ ca: authority.bundle })(url)).text()).toBe("nothing");
});

test("fails when TLS is older than 1.2", async () => {
  const { url } = await served();
  const old = { ...tls, minVersion: "TLSv1", maxVersion: "TLSv1.1" } as const;
  await expect(tlsFetch(old)(url)).rejects.toThrow(/EPROTO|alert|version|no protocols/i);
});

test("a session is not resumed: it would bring no chain", async () => {
  const { port } = await served();
  const open = (session?: Buffer): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...tls, host: "127.0.0.1", port, maxVersion: "TLSv1.2", ...(session && { session }) });
      socket.once("secureConnect", () => resolve(socket));
      socket.once("error", reject);
    });
  const first = await open();
  const second = await open(first.getSession());
  expect(second.isSessionReused()).toBe(false);
  first.destroy();
  second.destroy();
});

test("fails when a handshake is made again on the same connection", async () => {
  const { port } = await served();
  const socket = connect({ ...tls, host: "127.0.0.1", port, maxVersion: "TLSv1.2" });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  const outcome = await new Promise<string>((resolve) => {
    socket.once("error", ({ message }) => resolve(message));
    socket.once("close", () => resolve("closed"));
    socket.renegotiate({}, (error) => resolve(error === null ? "renegotiated" : error.message));
  });
  expect(outcome).not.toBe("renegotiated");
  socket.destroy();
});

test("fails when the headers are larger than 16 KiB", async () => {
  const { url } = await served();
  // Over one connection: Node destroys it behind the answer, which the end of a handshake may still be in the way of.
  const { ask, agent } = overOneConnection(url);
  const ofSize = async (size: number) => (await ask({ headers: { "x-large": "x".repeat(size) } })).statusCode;
  expect([await ofSize(15_000), await ofSize(17_000)]).toEqual([200, 431]);
  agent.destroy();
});

test.each([
  ["X25519", true],
  ["P-256", true],
  ["P-384", false],
  ["P-521", false],
  ["ffdhe8192", false],
])("a client that can agree on a key by %s alone is served: %p", async (ecdhCurve, isServed) => {
  const { url } = await served();
  const answer = tlsFetch({ ...tls, ecdhCurve })(url).then(({ status }) => status);
  if (isServed) expect(await answer).toBe(200);
  else await expect(answer).rejects.toThrow(/EPROTO|alert|handshake failure|ECONNRESET/i);
});

test.each([
  ["headers", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"],
  ["a body", "POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n1"],
  ["a body in parts", "POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n"],
])("fails when %s do not come in time", async (_, begun) => {
  const { port } = await served(QUICK);
  expect(await answerTo(port, begun)).toMatch(/^(HTTP\/1\.1 (408|503) |$)/);
});

/** What comes back of a request that is written by hand */
async function answerTo(port: number, sent: string): Promise<string> {
  const socket = connect({ ...tls, host: "127.0.0.1", port });
  let answer = "";
  socket.on("data", (data) => (answer += data.toString()));
  socket.on("error", () => undefined);
  socket.write(sent);
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}

test.each([
  ["a host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"],
  ["a host with a fragment", "GET / HTTP/1.1\r\nHost: x#\r\nConnection: close\r\n\r\n"],
  ["no host", "GET / HTTP/1.0\r\n\r\n"],
  ["no path", "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
])("fails when a request has %s, and the log knows of it", async (_, sent) => {
  const { port } = await served();
  const answer = await answerTo(port, sent);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"request.malformed"');
  expect(logged).toEqual(["request.refused"]);
});

test("fails when the app fails, and the log knows of it", async () => {
  const { url } = await served();
  expect((await tlsFetch(tls)(`${url}/broken`)).status).toBe(503);
  expect(logged).toEqual(["request.refused"]);
});

test("fails when no handshake comes in time", async () => {
  const { port } = await served(QUICK);
  const socket = connectTcp(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("close", resolve));
});

test("fails when there is no answer in time, and the log knows of it", async () => {
  // The handshake has as long
  const { url } = await served({ ...SERVER_LIMITS, milliseconds: 3_000 });
  const answer = await tlsFetch(tls)(`${url}/wait`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("2");
  expect(await answer.json()).toMatchObject({
    error: "temporarily_unavailable",
    reasons: [{ code: "exchange.error" }],
  });
  expect(logged).toEqual(["request.late"]);
});

test("a new certificate is shown from the next handshake on, and clients are still asked for theirs", async () => {
  const { server, url, port } = await served();
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...tls, host: "127.0.0.1", port }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.once("error", reject);
    });
  const before = await shown();
  server.renew(identity());
  expect(await shown()).not.toBe(before);
  expect(await (await tlsFetch(tls)(url)).text()).toBe(shownBy(new X509Certificate(client.certificate).raw));
});

describe("at its end", () => {
  test("it takes no more connections, and answers what it has", async () => {
    const { server, url, release, begun } = await served();
    const waiting = tlsFetch(tls)(`${url}/wait`);
    await begun;
    const closed = server.close();
    await expect(tlsFetch(tls)(url)).rejects.toThrow(/ECONNREFUSED/);
    release();
    const answer = await waiting;
    expect([answer.status, answer.headers.get("connection"), await answer.text()]).toEqual([200, "close", "waited"]);
    await closed;
  });

  test("it ends connections that are idle", async () => {
    const { server, url } = await served({ ...SERVER_LIMITS, milliseconds: LONGER_THAN_A_TEST });
    const { ask, agent } = overOneConnection(url);
    await ask();
    await server.close();
    agent.destroy();
  });

  test("it waits no longer than it says", async () => {
    const { server, port } = await served({ ...SERVER_LIMITS, milliseconds: 700 });
    const unfinished = connectTcp(port, "127.0.0.1");
    unfinished.on("error", () => undefined);
    await after(50);
    await server.close();
    unfinished.destroy();
  });
});

describe("many connections at once", () => {
  const WAITING = "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n";

  test("as many requests over one connection are answered as are allowed, and more later", async () => {
    const { port, release } = await served({ ...SERVER_LIMITS, requestsUnderWay: 3 });
    release();
    const last = WAITING.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    const socket = connect({ ...tls, host: "127.0.0.1", port });
    let answers = "";
    socket.on("data", (data) => (answers += data.toString()));
    const count = () => answers.split("HTTP/1.1 200").length - 1;
    for (const round of [1, 2]) {
      socket.write(WAITING.repeat(2) + (round === 1 ? WAITING : last));
      while (count() < 3 * round && !socket.closed) await after(10);
      expect(count()).toBe(3 * round);
    }
    socket.destroy();
  });

  test("fails when more requests than are allowed are under way over one connection", async () => {
    const { port } = await served({ ...SERVER_LIMITS, requestsUnderWay: 3 });
    expect(await answerTo(port, WAITING.repeat(4))).toBe("");
  });

  async function silent(port: number) {
    const socket = connectTcp(port, "127.0.0.1");
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("connect", resolve));
    ends.unshift(async () => void socket.destroy());
    return { socket, closed };
  }

  test("fails when there are more connections than are allowed, and the log knows of it", async () => {
    const { port, url } = await served({ ...SERVER_LIMITS, connections: 1 });
    await silent(port);
    await expect(tlsFetch(tls)(url)).rejects.toThrow(/ECONNRESET|socket|closed/i);
    expect(refusals).toEqual([{ total: 1, addresses: { "127.0.0.1": 1 } }]);
  });

  test("fails when one address has as many as it may, until one of them ends", async () => {
    const { port, url } = await served({ ...SERVER_LIMITS, connectionsPerAddress: 2 });
    const [first] = [await silent(port), await silent(port)];
    await (
      await silent(port)
    ).closed;
    expect(refusals).toEqual([{ address: 1, addresses: { "127.0.0.1": 1 } }]);
    first.socket.destroy();
    await first.closed;
    await retried(async () => expect((await tlsFetch(tls)(url)).status).toBe(200));
  });

  test("the oldest that say nothing give way where connections become scarce", async () => {
    const { port, url } = await served({ ...SERVER_LIMITS, connectionsPerAddress: 4, patienceMilliseconds: 0 });
    const { ask, agent } = overOneConnection(url);
    expect((await ask({ method: "POST" })).statusCode).toBe(200);
    const first = await silent(port);
    const second = await silent(port);
    await first.closed;
    expect((await ask({ method: "POST" })).statusCode).toBe(200);
    agent.destroy();
    expect(second.socket.destroyed).toBe(false);
  });

  test.each([
    ["whose client the app knows stays", "known", false],
    ["of a client that no one knows gives way", "", true],
  ])("a connection %s where connections become scarce", async (_, path, givesWay) => {
    const { port, url } = await served({ ...SERVER_LIMITS, connectionsPerAddress: 4, patienceMilliseconds: 0 });
    const { ask, agent, sockets } = overOneConnection(`${new URL(path, url)}`);
    await ask();
    const socket = sockets[0] as Socket;
    const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const first = await silent(port);
    await silent(port);
    await (givesWay ? ended : first.closed);
    expect(socket.destroyed).toBe(givesWay);
    agent.destroy();
  });

  test.each([
    ["an odd exponent", slowAuthority],
    ["a key on P-521", () => chainOf(1, "P-521").cert],
  ])("fails when a client presents %s, which takes long to verify: its address is slowed down", async (_, dear) => {
    const { url } = await served();
    const slow = { ...tls, cert: client.certificate + dear() };
    await expect(tlsFetch(slow)(url)).rejects.toThrow(/ECONNRESET|socket|closed/i);
    await expect(tlsFetch(tls)(url)).rejects.toThrow(/ECONNRESET|socket|closed/i);
    expect(refusals).toEqual([{ costly: 1, addresses: { "127.0.0.1": 1 } }]);
  });

  test.each([
    [4, true],
    [5, false],
  ])("a client with a chain of %p certificates is served: %p", async (count, isServed) => {
    const { url } = await served();
    const answer = tlsFetch({ ...tls, ...chainOf(count) })(url).then(({ status }) => status);
    if (isServed) expect(await answer).toBe(200);
    else await expect(answer).rejects.toThrow(/ECONNRESET|socket|closed/i);
    expect(refusals).toEqual(isServed ? [] : [{ costly: 1, addresses: { "127.0.0.1": 1 } }]);
  });

  test("clients that say nothing, or end, take no other's turn", async () => {
    const { port, url } = await served({ ...SERVER_LIMITS, handshakesPerAddress: 1, handshakeMilliseconds: 50 });
    const [ended] = [await silent(port), await silent(port)];
    ended.socket.end();
    await ended.closed;
    expect((await tlsFetch(tls)(url)).status).toBe(200);
    expect(refusals).toEqual([]);
  });

  test("handshakes wait for others of their address, without losing received bytes", async () => {
    const { port, url } = await served({
      ...SERVER_LIMITS,
      handshakesPerAddress: 1,
      handshakeMilliseconds: LONGER_THAN_A_TEST,
    });
    const { socket } = await silent(port);
    socket.write(Buffer.from([0x16]));
    const reset = (await silent(port)).socket;
    reset.write(Buffer.from([0x16]));
    const answer = tlsFetch(tls)(url);
    reset.resetAndDestroy();
    await after(50);
    socket.destroy();
    expect((await answer).status).toBe(200);
  });
});

test("a connection that is old takes no other request", async () => {
  const { url } = await served();
  const { ask, agent } = overOneConnection(url);
  expect((await ask()).headers.connection).toBe("keep-alive");
  const late = jest
    .spyOn(performance, "now")
    .mockReturnValue(performance.now() + SERVER_LIMITS.connectionMilliseconds + 1);
  expect((await ask()).headers.connection).toBe("close");
  late.mockRestore();
  agent.destroy();
});

test("fails when the port is taken", async () => {
  const { port } = await served();
  const server = new NodeServer(new Hono<Environment>(), identity(), () => undefined);
  await expect(server.listen("127.0.0.1", port)).rejects.toThrow(/EADDRINUSE/);
});
