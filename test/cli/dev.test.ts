import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { decodeJwt } from "jose";
import { HELP, optionsOf } from "../../cli/dev/options";
import { DevelopmentSts } from "../../cli/dev/development-sts";
import { fleet } from "../../fleet";
import { FakeStsServer } from "../support/exchange/fake-sts-server";
import { programOf } from "../support/program";
import { TRIAGE } from "../support/exchange/served-exchange";
import { visited } from "../support/visited";

const shell = promisify(execFile);
const running: ChildProcess[] = [];
let temporary: string;
let main: string;

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "ambit-dev-test-"));
  main = await programOf("cli/dev/main.ts");
});
afterEach(() => running.splice(0).forEach((process) => process.kill("SIGKILL")));
afterAll(() => rmSync(temporary, { recursive: true }));

interface Printed {
  readonly exchange: string;
  readonly page: string | null;
  readonly approvals: string | null;
  readonly companions: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly commands: readonly { readonly name: string; readonly what: string; readonly command: string }[];
}

/** The program, whose temporary folders lie where the test looks */
function dev(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, TMPDIR: temporary, AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let [out, errors] = ["", ""];
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const printed = new Promise<Printed>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      if (out.endsWith("}\n")) resolve(JSON.parse(out));
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  printed.catch(() => undefined);
  return { child, printed, ended, out: () => out, errors: () => errors };
}

async function answerOf({ commands }: Printed, name: string): Promise<Record<string, unknown>> {
  const { command = "" } = commands.find((one) => one.name === name) ?? {};
  const { stdout, stderr } = await shell("bash", ["-c", command]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("npm run dev", () => {
  let program: ReturnType<typeof dev>;
  let printed: Printed;
  const sts = new FakeStsServer();

  beforeAll(async () => {
    const address = await sts.listen();
    program = dev("--port", "0", "--json", "--forwarder", "--sts", address);
    printed = await program.printed;
    running.splice(0);
  });
  afterAll(async () => {
    program.child.kill("SIGKILL");
    await sts.close();
  });

  test("prints a command for a token", async () => {
    const { access_token: token } = await answerOf(printed, "token");
    expect(decodeJwt(token as string)).toMatchObject({ aud: "tool:zendesk", sub: "alice", task: "answer" });
  });

  test("prints a command for a delegation", async () => {
    const { access_token: token } = await answerOf(printed, "delegation");
    expect(decodeJwt(token as string)).toMatchObject({
      aud: "tool:claude",
      sub: "alice",
      act: { sub: expect.stringContaining("researcher"), act: { sub: expect.stringContaining(TRIAGE) } },
    });
  });

  test("prints a command for the companion", async () => {
    expect(await answerOf(printed, "companion")).toMatchObject({ task: "answer", token: { token_type: "Bearer" } });
  });

  test("prints a command for a task that is handed on twice, which nothing is handed once tickets are read", async () => {
    const answer = { start: "delegation", token: { token_type: "Bearer" } };
    expect(await answerOf(printed, "web-reader.fetch")).toMatchObject(answer);
  });

  test("prints a command for AWS credentials", async () => {
    expect(await answerOf(printed, "aws")).toMatchObject({ AccessKeyId: "ASIAEXAMPLE", Token: "session" });
  });

  test("prints a command for a refusal", async () => {
    expect(await answerOf(printed, "refusal")).toMatchObject({
      error: "access_denied",
      reasons: [{ code: "audience.not-granted" }],
    });
  });

  test("runs a companion for each agent of the fleet", () => {
    const names = fleet.agents.map(({ name }) => name);
    expect(Object.keys(printed.companions)).toEqual(names);
    expect(new Set(Object.values(printed.companions)).size).toBe(names.length);
  });

  test.each([
    ["build-watcher.summarise", { start: "schedule", token: { token_type: "Bearer" } }],
    ["ledger-reconciler.reconcile", { start: "schedule", token: { token_type: "Bearer" } }],
    ["ledger-reconciler.login", { AccessKeyId: "ASIAEXAMPLE" }],
    ["press-writer.draft", { reasons: [{ code: "agent.suspended" }] }],
    ["refund-clerk.look", { start: "user", token: { token_type: "Bearer" } }],
    ["refund-clerk.payout", { start: "user", token: { token_type: "Bearer" } }],
    ["researcher.lookup", { start: "delegation", token: { token_type: "Bearer" } }],
    ["support-triage.answer", { start: "user", token: { token_type: "Bearer" } }],
    ["support-triage.refund", { start: "user", token: { token_type: "Bearer" } }],
  ])("prints a command for the task %s, begun as it says", async (name, answer) => {
    expect(await answerOf(printed, name)).toMatchObject(answer);
  });

  test("prints a command for each call of a tool, whose stand-in shows what it was sent: nothing of the agent's", async () => {
    const answer = await answerOf(printed, "support-triage.answer zendesk.read");
    expect(answer).toMatchObject({ ticket: { id: 42 }, stand_in: { for: "zendesk.read" } });
    const { received } = answer["stand_in"] as { received: { path: string; headers: Record<string, string> } };
    expect(received.path).toBe("/api/v2/tickets/42");
    expect(received.headers).toEqual({
      host: "acme.zendesk.com",
      connection: "close",
      accept: "*/*",
      authorization: "Bearer development-only-alice",
      "user-agent": expect.stringContaining("curl/"),
      "x-request-id": expect.any(String),
    });
    const note = await answerOf(printed, "support-triage.answer zendesk.comment");
    expect(note).toMatchObject({ stand_in: { received: { body: { ticket: { comment: { public: false } } } } } });
  });

  test("prints no call of a tool that has no HTTP actions", () => {
    expect(printed.commands.filter(({ name }) => / (payments|claude)\./.test(name))).toEqual([]);
  });

  test("prints none for a task that asks the exchange for nothing", () => {
    expect(printed.commands.map(({ name }) => name)).not.toContain("build-watcher.prune");
  });

  test("plays the story on its page, as --story tells it", async () => {
    const page = printed.page ?? "";
    const headers = { origin: page, "content-type": "application/json" };
    // Once more as at first: it is played for another user.
    for (const _ of [1, 2]) {
      const { text } = await visited(`${page}/story`, { method: "POST", headers, body: "{}" });
      const told = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object);
      expect(told).toMatchObject(Array(7).fill({ step: { asTold: true } }));
    }
  });

  test("lays down an ID token of a member of each group, which its owner alone can read, and prints what takes it", () => {
    const folder = join(printed.folder, "people");
    const files = readdirSync(folder);
    expect(files.sort()).toEqual(["finance-controllers.jwt", "on-call.jwt", "support-leads.jwt"]);
    for (const file of files) {
      expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
      const [group = ""] = file.split(".");
      expect(decodeJwt(readFileSync(join(folder, file), "utf8").trim())).toMatchObject({
        aud: "ambit-approvals",
        email: `${group}-member@acme.example`,
        groups: [group],
      });
    }
    const at = `--exchange ${printed.exchange}`;
    for (const [name, file] of [
      ["approvals support-leads", "support-leads.jwt"],
      ["approve finance-controllers", "finance-controllers.jwt"],
      ["refuse support-leads", "support-leads.jwt"],
      [`revoke ${TRIAGE}`, "on-call.jwt"],
      [`restore ${TRIAGE}`, "on-call.jwt"],
    ] as const) {
      const command = printed.commands.find((one) => one.name === name)?.command;
      expect(command).toMatch(/^npm run --silent ambit -- /);
      for (const part of [at, join(folder, file)]) expect(command).toContain(part);
    }
    expect(printed.commands.find(({ name }) => name === `restore ${TRIAGE}`)?.what).toMatch(
      /from \d+ min after the stop/,
    );
  });

  test("serves the approvers' page, which takes no other host", async () => {
    const ca = readFileSync(join(printed.folder, "svid", "bundle.pem"), "utf8");
    const page = printed.approvals ?? "";
    const { status, to } = await visited(`${page}/requests`, { ca });
    expect([status, to]).toEqual([303, "/sign-in?to=%2Frequests"]);
    const login = await visited(`${page}${to}`, { ca });
    expect([login.status, new URL(login.to).protocol]).toEqual([303, "http:"]);
    expect((await visited(`${page}/requests`, { ca, headers: { host: "127.0.0.1" } })).status).toBe(421);
  });

  test("keeps keys readable by their owner only", () => {
    expect(statSync(join(printed.folder, "svid", `${TRIAGE}.key`)).mode & 0o077).toBe(0);
    expect(statSync(join(printed.folder, "signing-key.pem")).mode & 0o077).toBe(0);
  });

  test("gives no user's token to a page in a browser", async () => {
    const { command = "" } = printed.commands.find(({ name }) => name === "token") ?? {};
    const [, issue] = /\$\((curl [^)]*)\)/.exec(command) as RegExpExecArray;
    const { stdout } = await shell("bash", ["-c", `${issue} -H 'origin: https://evil.example' -w '%{http_code}'`]);
    expect(stdout).toBe("403");
    const { stdout: rebound } = await shell("bash", ["-c", `${issue} -H 'host: evil.example' -w '%{http_code}'`]);
    expect(rebound).toBe("403");
  });

  test("ends at Ctrl-C and leaves nothing behind", async () => {
    expect(existsSync(printed.folder)).toBe(true);
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(0);
    expect(existsSync(printed.folder)).toBe(false);
  });
});

test("a folder is kept, and found again by the next start", async () => {
  const folder = join(temporary, "kept");
  mkdirSync(folder, { mode: 0o755 });
  const keys = new Set<string>();
  for (const _ of [1, 2]) {
    const program = dev("--port", "0", "--json", "--forwarder", "--no-page", "--folder", folder);
    const printed = await program.printed;
    expect([printed.folder, printed.page]).toEqual([folder, null]);
    expect(await answerOf(printed, "token")).toHaveProperty("access_token");
    // Of no STS: they open nothing.
    const { AccessKeyId, Expiration } = await answerOf(printed, "aws");
    expect(AccessKeyId).toBe("ASIADEVELOPMENTONLY0");
    expect(Date.parse(Expiration as string)).toBeGreaterThan(Date.now());
    program.child.kill("SIGTERM");
    expect(await program.ended).toBe(0);
    keys.add(readFileSync(join(folder, "signing-key.pem"), "utf8"));
  }
  expect(keys.size).toBe(1);
  const kept = readdirSync(folder, { recursive: true, encoding: "utf8" });
  expect(kept).toContain(join("state", "CURRENT"));
  expect(kept.filter((path) => statSync(join(folder, path)).mode & 0o077)).toEqual([]);
});

test("the stand-in of STS gives what the AWS SDK asks for, and nothing else", async () => {
  const sts = new DevelopmentSts();
  const endpoint = await sts.listen();
  const client = new STSClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  try {
    const role = { RoleArn: "arn:aws:iam::111122223333:role/r", RoleSessionName: "s", DurationSeconds: 3_600 };
    const { Credentials } = await client.send(new AssumeRoleCommand(role));
    expect(Credentials?.Expiration?.getTime()).toBeLessThanOrEqual(Date.now() + 900_000);
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toThrow("only AssumeRole is answered here");
  } finally {
    client.destroy();
    await sts.close();
  }
});

test("--help says what there is", () => {
  expect(optionsOf(["--help", "--json"])).toBeUndefined();
  for (const option of [
    "--story",
    "--agent",
    "--serves",
    "--no-page",
    "--port",
    "--folder",
    "--sts",
    "--forwarder",
    "--real",
    "--json",
  ])
    expect(HELP).toContain(option);
});

test("called wrongly, it says so in one line, and exits with 2", async () => {
  const { ended, errors } = dev("--port", "high");
  expect(await ended).toBe(2);
  expect(errors()).toContain('--port must be a whole number from 0 to 65531, got "high"');
});

test.each([
  [
    ["--agent", "reseacher"],
    '--agent must be one of the fleet, got "reseacher", did you mean "researcher": it has build-watcher, ',
  ],
  [["--prot", "1"], "Unknown option '--prot'"],
  [["--port", "65535"], '--port must be a whole number from 0 to 65531, got "65535"'],
  [
    ["--story", "--agent", "researcher"],
    "--story takes no --agent, no --serves and no --real: it plays with agents and",
  ],
  [
    ["--real", "none.json"],
    '--real must be the path of a JSON file with outbound of the exchange\'s configuration, got "none.json": ENOENT',
  ],
  [["--sts", "moto"], '--sts must be a web address or aws, got "moto"'],
])("fails when it is called with %j", (args, message) => {
  expect(() => optionsOf(args)).toThrow(message);
});

test("fails when the port is taken, and leaves nothing behind", async () => {
  const left = readdirSync(temporary).filter((name) => name.startsWith("ambit-dev-"));
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { ended, errors } = dev("--port", `${port}`, "--forwarder");
  expect(await ended).toBe(1);
  await new Promise((resolve) => other.close(resolve));
  expect(errors()).toContain("EADDRINUSE");
  expect(errors()).toContain(": choose another one with --port, or 0 for any free one");
  expect(readdirSync(temporary).filter((name) => name.startsWith("ambit-dev-"))).toEqual(left);
});
