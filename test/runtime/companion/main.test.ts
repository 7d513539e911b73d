import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { FakeExchange } from "../../support/companion/fake-exchange";
import { GATEWAY } from "../../support/companion/fake-gateway";
import { AGENT, Authority, EXCHANGE } from "../../support/companion/trust";
import { programOf } from "../../support/program";

const ROOT = resolve(__dirname, "../../..");
const START_MILLISECONDS = 200_000;
const BEGIN = JSON.stringify({ task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk" });

const authority = new Authority();
let main: string;
beforeAll(async () => (main = await programOf("runtime/companion/main.ts")));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Program {
  readonly child: ChildProcess;
  readonly lines: () => readonly Record<string, unknown>[];
}

function program(environment: Readonly<Record<string, string>>): Program {
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [main], { cwd: ROOT, env });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  closing.push(() => child.kill("SIGKILL"));
  const lines = (): readonly Record<string, unknown>[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { child, lines };
}

async function eventOf({ lines }: Program, event: string): Promise<Record<string, unknown>> {
  for (const late = Date.now() + START_MILLISECONDS; ;) {
    const found = lines().find((line) => line.event === event);
    if (found !== undefined) return found;
    if (Date.now() > late) throw new Error(`no ${event} among ${JSON.stringify(lines())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function running(environment: Readonly<Record<string, string>> = {}): Promise<{
  readonly companion: Program;
  readonly url: string;
  readonly exchange: FakeExchange;
}> {
  const exchange = new FakeExchange(authority, () => Math.floor(Date.now() / 1000));
  closing.push(() => exchange.stop());
  await exchange.start(authority.svid(EXCHANGE));
  const folder = mkdtempSync(join(tmpdir(), "ambit-svid-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const svid = authority.svid(AGENT);
  const files = { "svid.pem": svid.cert, "svid_key.pem": svid.key, "svid_bundle.pem": authority.own.cert };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const companion = program({
    AMBIT_LISTEN: "http://127.0.0.1:0",
    AMBIT_EXCHANGE_URL: exchange.url,
    AMBIT_SVID_FOLDER: folder,
    ...environment,
  });
  const { url } = await eventOf(companion, "companion.listening");
  return { companion, url: url as string, exchange };
}

const begin = (url: string): Promise<Response> =>
  fetch(`${url}/v1/runs`, { method: "POST", body: BEGIN, headers: { "content-type": "application/json" } });

test(
  "it serves on after SIGTERM, because the agent beside it still works, and ends then",
  async () => {
    const { companion, exchange, url } = await running({ AMBIT_DRAIN_SECONDS: "5" });
    const { run } = (await (await begin(url)).json()) as { run: string };
    companion.child.kill("SIGTERM");
    await eventOf(companion, "companion.stopping");
    const answer = await fetch(`${url}/v1/runs/${run}`, { method: "DELETE" });
    expect(answer.status).toBe(204);
    expect(exchange.to("/revoke").map(({ form }) => form.token)).toEqual(["token-1"]);
    await once(companion.child, "exit");
    expect(companion.child.exitCode).toBe(0);
    expect(companion.lines().at(-1)).toMatchObject({ event: "companion.stopped" });
  },
  START_MILLISECONDS,
);

test.each([
  ["SIGINT", {}],
  ["SIGTERM, with no time to serve on", { AMBIT_DRAIN_SECONDS: "0" }],
])(
  "it answers what was asked for before %s, and ends",
  async (signal, environment) => {
    const { companion, exchange, url } = await running(environment);
    exchange.delayMs = 500;
    const answer = begin(url);
    while (exchange.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    companion.child.kill(signal.split(",")[0] as NodeJS.Signals);
    expect((await answer).status).toBe(201);
    await once(companion.child, "exit");
    expect(companion.child.exitCode).toBe(0);
    expect(companion.lines().map(({ event }) => event)).toEqual([
      "companion.listening",
      "companion.stopping",
      "run.begun",
      "companion.stopped",
    ]);
  },
  START_MILLISECONDS,
);

test(
  "it listens for the gateway where ways are configured, with the identity of its SVID",
  async () => {
    const [port, agent] = [await freePort(), await freePort()];
    const inbound = { listen: `127.0.0.1:${port}`, ways: { http: { port: agent } }, concurrency: "many-users" };
    const { companion, exchange, url } = await running({
      AMBIT_INBOUND: JSON.stringify({ ...inbound, address: "10.0.64.7" }),
    });
    expect(await eventOf(companion, "companion.listening")).toMatchObject({ inboundPort: port });
    const said = { way: "http", task: "answer", start: "user", evidence: "a.b.c" };
    const headers = Object.fromEntries(Object.entries(said).map(([name, value]) => [`x-ambit-${name}`, value]));
    const made = request({
      host: "127.0.0.1",
      port,
      ...authority.svid(GATEWAY),
      ca: authority.own.cert,
      checkServerIdentity: (_, { subjectaltname }) =>
        subjectaltname === `URI:${AGENT}` ? undefined : new Error(subjectaltname),
      headers: { ...headers, "x-forwarded-host": "desk.example", "x-forwarded-proto": "https" },
      agent: false,
    });
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    // Nothing answers at the agent's port.
    expect(response.resume().statusCode).toBe(502);
    expect(exchange.to("/runs").map(({ details }) => details.start)).toEqual(["user"]);
    expect((await begin(url)).status).toBe(403);
    companion.child.kill("SIGINT");
    await once(companion.child, "exit");
    expect(companion.child.exitCode).toBe(0);
  },
  START_MILLISECONDS,
);

test(
  "the kubelet is told that it lives until it ends, and gets no answer while it hangs, nor anything else there",
  async () => {
    const port = await freePort();
    const { companion } = await running({ AMBIT_LIVE: `127.0.0.1:${port}`, AMBIT_DRAIN_SECONDS: "60" });
    expect(await eventOf(companion, "companion.listening")).toMatchObject({ livePort: port });
    const asked = async (path: string, signal?: AbortSignal) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, signal && { signal })).status;
    expect(await Promise.all(["/live", "/ready", "/v1/runs"].map((path) => asked(path)))).toEqual([200, 404, 404]);
    companion.child.kill("SIGSTOP");
    await expect(asked("/live", AbortSignal.timeout(1_000))).rejects.toThrow("timeout");
    companion.child.kill("SIGCONT");
    expect(await asked("/live")).toBe(200);
    companion.child.kill("SIGTERM");
    await eventOf(companion, "companion.stopping");
    expect(await asked("/live")).toBe(200);
    companion.child.kill("SIGINT");
    await once(companion.child, "exit");
    await expect(asked("/live")).rejects.toThrow("fetch failed");
  },
  START_MILLISECONDS,
);

test(
  "from SIGTERM on the kubelet is told that the pod is not ready, while what comes is served",
  async () => {
    const [port, ready] = [await freePort(), await freePort()];
    const agent = createServer().listen(0, "127.0.0.1");
    closing.push(() => agent.close());
    await once(agent, "listening");
    const ways = { http: { port: (agent.address() as AddressInfo).port } };
    const listening = { listen: `127.0.0.1:${port}`, ready: `127.0.0.1:${ready}` };
    const { companion, url } = await running({
      AMBIT_DRAIN_SECONDS: "5",
      AMBIT_INBOUND: JSON.stringify({ ...listening, ways, concurrency: "many-users", address: "10.0.64.7" }),
    });
    expect(await eventOf(companion, "companion.listening")).toMatchObject({ inboundPort: port, readyPort: ready });
    const asked = async () => (await fetch(`http://127.0.0.1:${ready}/ready`)).status;
    // The SVID is read from its files a moment later.
    while ((await asked()) !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    companion.child.kill("SIGTERM");
    await eventOf(companion, "companion.stopping");
    expect(await asked()).toBe(503);
    const gateway = { ...authority.svid(GATEWAY), ca: authority.own.cert, checkServerIdentity: () => undefined };
    const made = request({ host: "127.0.0.1", port, ...gateway, agent: false });
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(400);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    companion.child.kill("SIGINT");
    await once(companion.child, "exit");
  },
  START_MILLISECONDS,
);

test(
  "fails with each problem of its environment, and listens nowhere",
  async () => {
    const companion = program({ AMBIT_LISTEN: "http://0.0.0.0:7464" });
    await once(companion.child, "exit");
    expect(companion.child.exitCode).toBe(2);
    const because = [
      'AMBIT_LISTEN must be http://<loopback address>:<port>, got "http://0.0.0.0:7464": write http://127.0.0.1:7464',
    ];
    expect(companion.lines()).toMatchObject([{ event: "companion.failed", because }]);
  },
  START_MILLISECONDS,
);

test(
  "fails when the port is taken",
  async () => {
    const { url, exchange } = await running();
    const other = program({ AMBIT_LISTEN: url, AMBIT_EXCHANGE_URL: exchange.url, AMBIT_SVID_FOLDER: "/nowhere" });
    await once(other.child, "exit");
    expect(other.child.exitCode).toBe(1);
    expect(other.lines()).toMatchObject([
      { event: "companion.failed", because: expect.stringMatching(/EADDRINUSE/) as string },
    ]);
  },
  START_MILLISECONDS,
);
