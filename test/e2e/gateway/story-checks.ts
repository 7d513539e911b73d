import { deepStrictEqual as equal, match, notStrictEqual as notEqual, ok } from "node:assert";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import type { PlayedStep } from "../../../cli/dev/story/play";
import { run, succeed } from "../harness/process";
import { isListening, serve } from "../harness/server";
import type { Check, Suite } from "../harness/suite";

const ROOT = resolve(__dirname, "../../..");
const DEV = ["-r", "@swc-node/register", join(ROOT, "cli/dev/main.ts")] as const;
const START_SECONDS = 180;
const RENEWED_SECONDS = 60;
/** How long an answer is said to be, and how it is kept, is each server's own. */
const OWN_HEADERS = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];

interface Told {
  readonly by: string;
  readonly steps: readonly PlayedStep[];
}

/** `npm run dev` with the real Envoy */
export function storyChecks(suite: Suite, envoy: Check<string>): void {
  suite.check("dev: Envoy refuses a prompt injection as the forwarder does", [envoy], async ([program]) => {
    const byEnvoy = await told(program);
    const byForwarder = await told(program, "--forwarder");
    match(byEnvoy.by, /^Envoy 1\.\d+\.\d+$/);
    equal(byForwarder.by, "the development forwarder in place of Envoy");
    equal(byEnvoy.steps.map(comparable), byForwarder.steps.map(comparable));
    equal(
      byEnvoy.steps.flatMap(({ reasons }) => reasons.map(({ code }) => code)),
      ["call.unrecognised", "delegation.above-sensitivity", "call.arguments", "audience.not-granted"],
    );
  });

  suite.check("dev: it serves by Envoy, follows renewed SVIDs, and ends with it", [envoy], async ([program]) => {
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const dev = await serve({
      name: "npm run dev",
      command: process.execPath,
      args: [...DEV, "--port", "0", "--json", "--agent", "support-triage"],
      cwd: ROOT,
      env: { AMBIT_ENVOY: program, TMPDIR: folder },
      ready: (said) => printedIn(said) !== undefined,
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => dev.kill());
    const { gateway, commands } = printedIn(dev.said()) as Printed;
    match(gateway.by, /^Envoy 1\./);
    const answerOf = async (name: string): Promise<Readonly<Record<string, unknown>>> => {
      const { command = "" } = commands.find((each) => each.name === name) ?? {};
      return JSON.parse((await succeed("bash", ["-c", command])).stdout);
    };
    ok((await answerOf("support-triage.answer"))["run"] !== undefined);
    const { stand_in: standIn } = await answerOf("support-triage.answer zendesk.read");
    equal((standIn as { readonly for: string }).for, "zendesk.read");
    const port = Number(new URL(gateway.url).port);
    await untilRenewed(port, join(ownFolders(folder).at(-1) as string, "svid"));
    await dev.stop();
    equal([ownFolders(folder), await isListening("127.0.0.1", port)], [[], false]);
  });

  suite.check("dev: users reach an agent that serves by Envoy, and it hands work on", [envoy], async ([program]) => {
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const served = ["support-triage", "researcher"].flatMap((agent) => [
      "--agent",
      agent,
      "--serves",
      `${agent}=example`,
    ]);
    const dev = await serve({
      name: "npm run dev",
      command: process.execPath,
      args: [...DEV, "--port", "0", "--json", "--no-page", ...served],
      cwd: ROOT,
      env: { AMBIT_ENVOY: program, TMPDIR: folder },
      ready: (said) => printedIn(said) !== undefined,
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => dev.kill());
    const { commands } = printedIn(dev.said()) as Printed;
    const { command = "" } = commands.find(({ name }) => name === "support-triage.answer") ?? {};
    const { stdout } = await succeed("bash", ["-c", command.replace("hello", "answer ticket 4711")]);
    match(stdout, /^reads the ticket: 200$/m);
    match(
      stdout,
      /^hands on to researcher .*: 200\n {2}POST delegates\/web-reader\.fetch\/: 403 delegation\.above-sensitivity$/m,
    );
    match(stdout, /^refunds order 8841: 403 audience\.not-granted$/m);
    await dev.stop();
  });

  suite.check("dev: fails for an Envoy that is too old, by its name", [], async () => {
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const { code, stderr } = await run(process.execPath, [...DEV, "--port", "0"], {
      cwd: ROOT,
      env: { AMBIT_ENVOY: "/bin/echo", TMPDIR: folder },
    });
    equal([code, ownFolders(folder)], [1, []]);
    match(
      stderr,
      /AMBIT_ENVOY must be Envoy 1\.39 or a later release of 1, got no version at \/bin\/echo: install one/,
    );
  });
}

/** What it leaves in a folder for temporary files: of sockets, and of state; the compiler keeps its own there. */
function ownFolders(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith("ambit-"));
  return names.sort((one, other) => one.length - other.length).map((name) => join(folder, name));
}

/** Put another SVID in the gateway's place, as a renewal does, and wait until it is the one that is shown. */
async function untilRenewed(port: number, svids: string): Promise<void> {
  const read = (name: string): string => readFileSync(join(svids, name), "utf8");
  const before = await shownSerial(port, read);
  for (const kind of ["key", "pem"]) {
    copyFileSync(join(svids, `exchange.${kind}`), join(svids, `next.${kind}`));
    renameSync(join(svids, `next.${kind}`), join(svids, `gateway.${kind}`));
  }
  const next = new X509Certificate(read("gateway.pem")).serialNumber;
  notEqual(before, next);
  const deadline = performance.now() + RENEWED_SECONDS * 1_000;
  while ((await shownSerial(port, read)) !== next) {
    ok(performance.now() < deadline, `Envoy shows no renewed SVID after ${RENEWED_SECONDS} s`);
    await sleep(100);
  }
}

async function shownSerial(port: number, read: (name: string) => string): Promise<string> {
  const [ca, cert, key] = ["bundle.pem", "support-triage.pem", "support-triage.key"].map(read);
  const socket = connect({ host: "127.0.0.1", port, ca, cert, key, checkServerIdentity: () => undefined });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

interface Printed {
  readonly gateway: { readonly url: string; readonly by: string };
  readonly commands: readonly { readonly name: string; readonly command: string }[];
}

/** Events are among what it says, one line each. */
function printedIn(said: string): Printed | undefined {
  const begin = said.indexOf('{\n  "exchange"');
  const end = said.indexOf("\n}\n", begin);
  return begin < 0 || end < 0 ? undefined : (JSON.parse(said.slice(begin, end + 2)) as Printed);
}

async function told(envoy: string, ...options: readonly string[]): Promise<Told> {
  const args = [...DEV, "--story", "--json", ...options];
  const { stdout } = await succeed(process.execPath, args, { cwd: ROOT, env: { AMBIT_ENVOY: envoy } });
  return JSON.parse(stdout) as Told;
}

/** Without what is another at each start: ports and ids */
function comparable({ headers, logged, url, decision, ...step }: PlayedStep): object {
  const { "x-ambit-decision": id, ...others } = headers;
  const named = Object.keys(others).filter((name) => !OWN_HEADERS.includes(name));
  const values = Object.fromEntries(named.sort().map((name) => [name, headers[name]]));
  const line: Readonly<Record<string, unknown>> = logged ?? {};
  const said = ["event", "tool", "action", "codes"].map((name) => line[name]);
  return {
    ...step,
    path: new URL(url).pathname.replace(/^\/v1\/runs\/[^/]+/, ""),
    headers: values,
    logged: said,
    isNamed: id === undefined || id === decision,
  };
}
