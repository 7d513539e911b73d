import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { MutualTls, type MutualTlsOptions } from "../../../runtime/workload-api/mutual-tls";
import type { HeldSvid } from "../../../runtime/workload-api/svid";
import { AGENT, Authority, EXCHANGE } from "../../support/companion/trust";

const authority = new Authority();
const svidOf = (): HeldSvid => ({ ...authority.svid(AGENT), ca: authority.own.cert }) as unknown as HeldSvid;
const SENT = { path: "/state/calls", headers: {}, body: "{}" };

let server: Server;
let connections: TLSSocket[];
/** Certificates of clients */
let shown: Set<string>;
/** Answers that are held back */
let held: ServerResponse[];
let isHeld: boolean;
let answer: string;
let client: MutualTls;

beforeEach(async () => {
  [connections, shown, held, isHeld, answer] = [[], new Set(), [], false, "{}"];
  const { cert, key } = authority.svid(EXCHANGE);
  const ca = authority.own.cert;
  server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    request.resume();
    if (isHeld) held.push(response);
    else response.end(answer);
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    connections.push(socket);
    shown.add(`${socket.getPeerX509Certificate()?.fingerprint256}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = clientOf(5_000);
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

function clientOf(timeoutMs: number, more: Partial<MutualTlsOptions> = {}): MutualTls {
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  return new MutualTls({ peer: "the exchange", url, spiffeId: () => EXCHANGE, timeoutMs, ...more });
}

test("requests of one SVID keep their connection; another SVID has its own, and the idle one before it is closed", async () => {
  const [first, second] = [svidOf(), svidOf()];
  await client.post(SENT, first);
  await client.post(SENT, { ...first });
  expect(connections).toHaveLength(1);
  const [before] = connections as [TLSSocket];
  const closed = once(before, "close");
  await client.post(SENT, second);
  await closed;
  expect(connections).toHaveLength(2);
  expect(shown.size).toBe(2);
});

test("what is under way as one SVID is answered though another one has come, and its connection ends then", async () => {
  isHeld = true;
  const asked = client.post(SENT, svidOf());
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  isHeld = false;
  await client.post(SENT, svidOf());
  const closed = once(connections[0] as TLSSocket, "close");
  held[0]?.end("[1]");
  expect(await asked).toMatchObject({ status: 200, body: "[1]" });
  await closed;
});

test("fails where there is no answer in time, and says so", async () => {
  isHeld = true;
  client.close();
  client = clientOf(50);
  await expect(client.post(SENT, svidOf())).rejects.toThrow(/^no answer within 50 ms$/);
});

test("an answer is read up to the bytes that its client takes, and fails beyond them", async () => {
  answer = "x".repeat(300_000);
  await expect(client.post(SENT, svidOf())).rejects.toThrow("the answer must have at most 262144 bytes");
  const taking = clientOf(5_000, { mostAnswerBytes: 300_000 });
  expect((await taking.post(SENT, svidOf())).body).toBe(answer);
  answer += "x";
  await expect(taking.post(SENT, svidOf())).rejects.toThrow("the answer must have at most 300000 bytes");
  taking.close();
});
