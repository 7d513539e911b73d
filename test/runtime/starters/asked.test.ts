import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { asked } from "../../../runtime/starters/asked";
import { certificate } from "../../support/certificate";

const { cert, key } = certificate({ commonName: "gateway", ipAddress: [127, 0, 0, 1] });

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => void;
let server: Server;
let answer: Answer;
const seen: { headers: IncomingMessage["headers"]; method: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer({ cert, key }, (incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => void parts.push(part));
    incoming.on("end", () => {
      seen.push({ headers: incoming.headers, method: incoming.method, body: Buffer.concat(parts).toString() });
      answer(incoming, outgoing);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => void seen.splice(0));

const ask = (more: Partial<Parameters<typeof asked>[0]> = {}) =>
  asked({
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}/sweep`,
    method: "POST",
    headers: { Authorization: "Bearer token" },
    body: '{"é":1}',
    ca: cert,
    ...more,
  });

const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, outgoing) =>
    void outgoing.writeHead(status, headers).end(JSON.stringify(body));

test("the body goes out as it is, with its length and kind", async () => {
  answer = json(202, {}, { "Ambit-Run": "run.tag" });
  expect(await ask()).toEqual({ status: 202, isOfAgent: true, reasons: [], retryAfter: undefined });
  expect(seen).toMatchObject([
    {
      method: "POST",
      body: '{"é":1}',
      headers: { "content-type": "application/json", "content-length": "8", authorization: "Bearer token" },
    },
  ]);
});

test("it waits for the agent's answer to its end, and keeps nothing of it", async () => {
  let ended = false;
  answer = (_, outgoing) => {
    outgoing.writeHead(200, { "Ambit-Run": "run.tag" });
    outgoing.write("x".repeat(100_000));
    setTimeout(() => {
      ended = true;
      outgoing.end('{"reasons":[{"code":"evidence.replayed"}]}');
    }, 50);
  };
  expect(await ask()).toMatchObject({ isOfAgent: true, reasons: [] });
  expect(ended).toBe(true);
});

test("an agent's answer that is broken off has begun all the same", async () => {
  answer = (_, outgoing) => {
    outgoing.writeHead(200, { "Ambit-Run": "run.tag", "Content-Length": "10" });
    outgoing.write("x");
    setTimeout(() => outgoing.destroy(), 20);
  };
  expect(await ask()).toMatchObject({ status: 200, isOfAgent: true });
});

test("a refusal is read by its codes, and how long to wait", async () => {
  const reasons = [{ code: "companion.busy", what: "as many as are served", fix: "try again" }];
  answer = json(503, { error: "temporarily_unavailable", reasons }, { "Retry-After": "2" });
  expect(await ask()).toEqual({
    status: 503,
    isOfAgent: false,
    reasons: [{ code: "companion.busy", what: "as many as are served" }],
    retryAfter: 2,
  });
});

test.each([
  ["no JSON", "<html>"],
  ["no reasons", '{"error":"x"}'],
  ["reasons that are no list", '{"reasons":{"code":"x"}}'],
  ["reasons without a code", '{"reasons":[{"code":1},null,"x"]}'],
  ["more than a refusal is long", `{"reasons":[{"code":"x"}],"more":"${"y".repeat(70_000)}"}`],
])("a refusal with %s has no codes", async (_, body) => {
  answer = (__, outgoing) => void outgoing.writeHead(502, { "Retry-After": "Tue, 01 Dec 2026 04:00:00 GMT" }).end(body);
  expect(await ask()).toEqual({ status: 502, isOfAgent: false, reasons: [], retryAfter: undefined });
});

test("fails when the answer is broken off before it is known whose it is", async () => {
  answer = (incoming) => void incoming.socket.destroy();
  await expect(ask()).rejects.toThrow("socket hang up");
});

test("fails when no trusted authority signed the certificate", async () => {
  answer = json(200, {});
  await expect(ask({ ca: undefined })).rejects.toThrow(/self.signed certificate/);
  expect(seen).toEqual([]);
});

test("fails when nothing listens", async () => {
  await expect(ask({ address: "https://127.0.0.1:1/" })).rejects.toThrow("ECONNREFUSED");
});
