import { deepStrictEqual as equal, ok } from "node:assert";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../cli/dev/free-port";
import type { RealAgent } from "../exchange/real-agent";
import type { Check, Suite } from "../harness/suite";
import { called, codesIn, toolToken } from "./call";
import type { GatewayWorld } from "./gateway-world";

const PATH = "/tools/crm/records/42";
const PAUSE_MILLISECONDS = 1_000;
const CALLERS = 8;
/** For what takes a moment, however busy the machine is */
const DEADLINE_SECONDS = 120;
const STREAM_SECONDS = 2;

/** One connection, and what it was told last */
export interface KeptConnection {
  /** Resolves with the codes that the request after the certificate's end got */
  readonly ended: Promise<readonly string[]>;
}

/** What is good for a time only */
export function timeChecks(suite: Suite, world: Check<GatewayWorld>): Check<KeptConnection> {
  const kept = suite.check("time: a certificate that soon ends opens a connection", [world], async ([at]) => {
    const agent = await at.renewed("brief");
    const connection = new Agent({ keepAlive: true, maxSockets: 1, timeout: 0 });
    suite.afterwards(() => connection.destroy());
    equal((await asked(at, agent, connection)).codes, ["gateway.token-missing"]);
    return { ended: untilPeerEnds(at, agent, connection) };
  });

  suite.check("time: a stream ends at the gateway's limit, also towards the tool", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "tove" });
    const port = await shortEnvoy(suite, at);
    let closed: Promise<unknown> = Promise.resolve();
    at.tool.answering = (_, response) => {
      closed = endless(response);
    };
    try {
      const { certificate: cert, key, bundle: ca } = at.as("clerk");
      const headers = { authorization: `Bearer ${token}` };
      const sent = request({
        host: at.host,
        port,
        path: PATH,
        headers,
        cert,
        key,
        ca,
        checkServerIdentity: () => undefined,
      });
      sent.end();
      const [response] = (await once(sent, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
      equal(response.statusCode, 200);
      const end = new Promise((resolve) => response.once("error", resolve).once("end", resolve).resume());
      await Promise.race([end, sleep(DEADLINE_SECONDS * 1_000).then(() => Promise.reject(new Error("it goes on")))]);
      await closed;
    } finally {
      at.tool.answeringAsEver();
    }
  });

  suite.check("time: a new revision of the registry under load drops no request", [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "work", "crm", { user: "una" });
    let isOver = false;
    const statuses: number[] = [];
    const load = Array.from({ length: CALLERS }, async () => {
      while (!isOver) statuses.push((await called(at, at.as("clerk"), { path: PATH, token })).status);
    });
    const revision = await at.published();
    const deadline = performance.now() + DEADLINE_SECONDS * 1_000;
    const isUsed = (): boolean => at.authorizer.said().includes(`"revision":${revision}`);
    while (!isUsed() && performance.now() < deadline) await sleep(100);
    const before = statuses.length;
    while (statuses.length < before + CALLERS && performance.now() < deadline) await sleep(100);
    isOver = true;
    await Promise.all(load);
    ok(isUsed(), `the authorizer does not use revision ${revision}`);
    equal([...new Set(statuses)], [200]);
  });

  return kept;
}

/** At the end of the suite, so that nothing waits for it */
export function expiryChecks(suite: Suite, kept: Check<KeptConnection>): void {
  suite.check(
    "time: fails once the certificate of a connection has expired, on that very connection",
    [kept],
    async ([{ ended }]) => {
      equal(await ended, ["gateway.peer"]);
    },
  );
}

async function untilPeerEnds(at: GatewayWorld, agent: RealAgent, connection: Agent): Promise<readonly string[]> {
  const deadline = performance.now() + DEADLINE_SECONDS * 1_000;
  for (;;) {
    await sleep(PAUSE_MILLISECONDS);
    const { codes, isSame } = await asked(at, agent, connection);
    if (!isSame) return ["another connection"];
    // The authorizer may be started anew meanwhile.
    const goesOn = ["gateway.token-missing", "gateway.authorizer"].some((code) => codes.includes(code));
    if (!goesOn || performance.now() > deadline) return codes;
  }
}

/** Without a token: the peer is looked at before it. */
function asked(
  at: GatewayWorld,
  { certificate: cert, key, bundle: ca }: RealAgent,
  agent: Agent,
): Promise<{ readonly codes: readonly string[]; readonly isSame: boolean }> {
  return new Promise((resolve, reject) => {
    const where = { host: at.host, port: at.port, path: PATH };
    const sent = request({ ...where, agent, cert, key, ca, checkServerIdentity: () => undefined });
    sent.once("error", reject);
    sent.once("response", (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.once("end", () => resolve({ codes: codesIn(text), isSame: sent.reusedSocket }));
    });
    sent.end();
  });
}

/** The configuration that ships, with a limit that can be waited for. @returns its port */
async function shortEnvoy(suite: Suite, at: GatewayWorld): Promise<number> {
  const port = await freePort();
  const config = at.envoyConfig({ port, admin: at.path("run", "short.sock") });
  const file = at.path("short.json");
  writeFileSync(file, config.replaceAll('"300s"', `"${STREAM_SECONDS}s"`));
  const server = await at.serveShipped(file, port);
  suite.afterwards(() => server.kill());
  return port;
}

/** Resolves when the connection is closed */
function endless(response: ServerResponse): Promise<unknown> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const timer = setInterval(() => response.write("data: more\n\n"), 50);
  return once(response, "close").finally(() => clearInterval(timer));
}
