import { X509Certificate } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { setTimeout as after } from "node:timers/promises";
import { Hono } from "hono";
import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { NodeServer } from "../../../../runtime/exchange/http/node-server";
import type { Environment } from "../../../../runtime/exchange/http/parts";
import { chainOf } from "../../../support/exchange/chains";
import { retried } from "../../../support/exchange/retried";
import { tlsFetch } from "../../../support/exchange/tls-fetch";

const authority = new DevelopmentAuthority("prod.acme.example");
const identity = authority.x509Svid("spiffe://prod.acme.example/exchange", {
  dnsNames: ["localhost"],
  ipAddresses: ["127.0.0.1"],
});
const client = authority.x509Svid("spiffe://prod.acme.example/client");
const tls = { ca: authority.bundle, cert: client.certificate, key: client.key };

const refusals: unknown[] = [];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  refusals.length = 0;
});

async function served() {
  const app = new Hono<Environment>();
  app.all("/", ({ text }) => text("ok"));
  const server = new NodeServer(app, identity, (_, facts) => void refusals.push(facts));
  const port = await server.listen("127.0.0.1", 0);
  ends.push(() => server.close());
  return { port, url: `https://127.0.0.1:${port}` };
}

async function silent(port: number): Promise<{ readonly socket: Socket; readonly closed: Promise<void> }> {
  const socket = connectTcp(port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  ends.unshift(() => socket.destroy());
  return { socket, closed };
}

/** Of a handshake of TLS 1.2, where a client's certificates are not encrypted */
function firstMessage(options: ConnectionOptions = {}): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read: () => undefined, write: (sent: Buffer, _, done) => (resolve(sent), done()) });
    connect({ socket, maxVersion: "TLSv1.2", ...options }).on("error", () => undefined);
  });
}

/** In a record of its own (RFC 5246 section 7.4.2) */
function certificatesMessage(chain: string): Buffer {
  const sized = (content: Buffer) => {
    const size = Buffer.alloc(3);
    size.writeUIntBE(content.length, 0, 3);
    return Buffer.concat([size, content]);
  };
  const certificates = chain.match(/-----BEGIN[^]+?END CERTIFICATE-----/g) ?? [];
  const list = Buffer.concat(certificates.map((one) => sized(new X509Certificate(one).raw)));
  const message = Buffer.concat([Buffer.from([11]), sized(sized(list))]);
  return Buffer.concat([Buffer.from([22, 3, 3, message.length >> 8, message.length & 255]), message]);
}

test("fails after a handshake that brought certificates and was never ended: its address is slowed down", async () => {
  const { port, url } = await served();
  const { socket } = await silent(port);
  socket.write(Buffer.concat([await firstMessage(), certificatesMessage(chainOf(2).cert)]));
  await retried(async () => {
    socket.end();
    await after(20);
    expect(refusals).toEqual([{ costly: 1, addresses: { "127.0.0.1": 1 } }]);
  });
  await expect(tlsFetch(tls)(url)).rejects.toThrow(/ECONNRESET|socket|closed/i);
});

test("a client that goes on no further than its first message, however long, leaves the next one its turn", async () => {
  const { port, url } = await served();
  const { socket, closed } = await silent(port);
  const alert = Buffer.from([21, 3, 3, 0, 2, 2, 48]);
  const long = await firstMessage({ ALPNProtocols: Array.from({ length: 40 }, (_, n) => `${n}`.padStart(200, "a")) });
  expect(long.length).toBeGreaterThan(8_000);
  socket.end(Buffer.concat([long, alert]));
  socket.resume();
  await closed;
  expect((await tlsFetch(tls)(url)).status).toBe(200);
  expect(refusals).toEqual([]);
});

test.each([1, 8, 9, 100])(
  "a client whose first message comes in parts, the first of %p bytes, is served",
  async (first) => {
    const { port } = await served();
    const { socket } = await silent(port);
    const tunnel = new Duplex({
      read: () => undefined,
      write: (sent: Buffer, _, done) => {
        socket.write(sent.subarray(0, first));
        setTimeout(() => socket.write(sent.subarray(first), () => done()), 20);
      },
    });
    socket.on("data", (received) => tunnel.push(received));
    const secured = connect({ ...tls, socket: tunnel });
    await new Promise((resolve, reject) => secured.once("secureConnect", resolve).once("error", reject));
    secured.destroy();
    expect(refusals).toEqual([]);
  },
);
