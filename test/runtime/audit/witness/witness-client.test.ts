import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { cosignature, cosignedText } from "../../../../runtime/audit/tlog/cosignature";
import { signatureLine } from "../../../../runtime/audit/tlog/signed-note";
import { Witness } from "../../../../runtime/audit/witness/witness";
import { WitnessClient } from "../../../../runtime/audit/witness/witness-client";
import { type RunningWitness, serveWitness } from "../../../../runtime/audit/witness/witness-server";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { type Keys, keysOf, WITNESS } from "../../../support/audit/log-of-records";
import { history, WitnessedLog } from "../../../support/audit/witnessed-log";
import { signerOf, WITNESS_SIGNER } from "../../../support/audit/witness-signer";
import { plainConsistency } from "../../../support/plain-merkle-tree";

const NOW = 1_796_000_000;
const log = WitnessedLog.named("prod.example/audit");
const all = history(12);
const asked = (old: number, size: number, of = all) => ({
  old,
  proof: plainConsistency(old, of.slice(0, size)),
  checkpoint: log.checkpoint(of, size),
});

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function clientOf(port: number, clock = () => NOW): WitnessClient {
  const client = new WitnessClient({ url: `http://127.0.0.1:${port}`, key: WITNESS.key, clock });
  closing.push(() => client.close());
  return client;
}

async function witness(): Promise<RunningWitness> {
  const store = new MemoryStore();
  const one = new Witness({
    logs: [log.keys.key],
    store,
    signer: WITNESS_SIGNER,
    clock: () => NOW,
    log: () => undefined,
  });
  const running = await serveWitness(one, { host: "127.0.0.1", port: 0 });
  closing.push(() => running.close());
  return running;
}

/** What a server answers that is no witness */
async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<WitnessClient> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return clientOf((server.address() as { port: number }).port);
}

async function lineOf(keys: Keys, size: number, time = NOW): Promise<string> {
  const { text } = log.checkpoint(all, size);
  const signature = await signerOf(keys).sign(Buffer.from(cosignedText(text, time)));
  return signatureLine({ ...keys.key, signature: cosignature(time, signature) });
}

test("a witness of ours cosigns, tells the size that it knows, and that a proof does not fit", async () => {
  const client = clientOf((await witness()).port);
  expect(await client.add(asked(0, 5))).toMatchObject({ kind: "cosigned", signature: { name: WITNESS.key.name } });
  expect(await client.add(asked(0, 8))).toEqual({ kind: "conflict", size: 5 });
  expect(await client.add(asked(5, 8, history(12, "fork", 3)))).toEqual({ kind: "inconsistent" });
  expect(await client.add(asked(5, 8))).toMatchObject({ kind: "cosigned" });
});

test("signatures of others in an answer are passed over", async () => {
  const lines = [await lineOf(keysOf("other.example", "cosignature"), 5), await lineOf(WITNESS, 5)];
  const client = await answering((_, response) => response.end(lines.join("")));
  expect(await client.add(asked(0, 5))).toMatchObject({ kind: "cosigned", signature: { id: WITNESS.key.id } });
});

const prefix = "the witness witness.other.example";
test.each<
  [string, (line: (size: number, time?: number) => Promise<string>) => Promise<[number, string, string?]>, string]
>([
  ["a cosignature of another checkpoint", async (line) => [200, await line(6)], "is not of this checkpoint"],
  [
    "a cosignature of another key",
    async () => [200, await lineOf(keysOf(WITNESS.key.name, "cosignature"), 5)],
    "the checkpoint must be cosigned by witness.other.example",
  ],
  ["nothing", async () => [200, ""], `${prefix} answered with 200: `],
  ["a page", async () => [200, "<html>"], `${prefix} answered with 200: a note must be text`],
  [
    "a cosignature of ten minutes ago",
    async (line) => [200, await line(5, NOW - 600)],
    "its clock must be within 300 s of ours, and is off by -600 s",
  ],
  [
    "a cosignature of the future",
    async (line) => [200, await line(5, NOW + 301)],
    "its clock must be within 300 s of ours, and is off by 301 s",
  ],
  ["a size that is none", async () => [409, "05\n", "text/x.tlog.size"], "a size must be a whole number and a newline"],
  ["a conflict of another type", async () => [409, "5\n", "text/plain"], `${prefix} answered with 409: "5\\n"`],
  ["that it knows no such log", async () => [404, "unknown log\n"], `${prefix} answered with 404: "unknown log\\n"`],
  ["that the signature is false", async () => [403, "invalid\n"], `${prefix} answered with 403: "invalid\\n"`],
  ["a redirect", async () => [307, ""], `${prefix} answered with 307: ""`],
  ["more than any answer has", async () => [200, "x".repeat(16_385)], "the answer must have at most 16384 bytes"],
])("fails when a witness answers %s", async (_, make, message) => {
  const [status, body, type = "text/plain"] = await make((size, time) => lineOf(WITNESS, size, time));
  const client = await answering((_request, response) => {
    response.writeHead(status, { "content-type": type, location: "/elsewhere" }).end(body);
  });
  await expect(client.add(asked(0, 5))).rejects.toThrow(message);
});

test("fails when the answer breaks off", async () => {
  const client = await answering((request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("half");
    setImmediate(() => request.socket.destroy());
  });
  await expect(client.add(asked(0, 5))).rejects.toThrow(`${prefix} at http://127.0.0.1:`);
});

test("fails when nothing listens there", async () => {
  const running = await witness();
  await running.close();
  await expect(clientOf(running.port).add(asked(0, 5))).rejects.toThrow("ECONNREFUSED");
});

test("what is under way ends with the client", async () => {
  let arrived: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => (arrived = resolve));
  const client = await answering(() => arrived());
  const refused = expect(client.add(asked(0, 5))).rejects.toThrow(`${prefix} at http://`);
  await waits;
  client.close();
  await refused;
});

test.each<[string, RequestInit & { readonly path?: string }, number]>([
  ["another path", { method: "POST", path: "/other" }, 404],
  ["another method", { method: "GET" }, 405],
  ["more than a request has", { method: "POST", body: "x".repeat(65_537) }, 413],
])("fails when the server is asked by %s", async (_, { path = "/add-checkpoint", ...request }, status) => {
  const { port } = await witness();
  expect((await fetch(`http://127.0.0.1:${port}${path}`, request)).status).toBe(status);
});

test("a connection that stays silent ends soon, long before Node would look for it", async () => {
  const { port, close } = await witness();
  closing.push(close);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const began = performance.now();
  socket.resume();
  await once(socket, "close");
  expect(performance.now() - began).toBeLessThan(20_000);
}, 60_000);
