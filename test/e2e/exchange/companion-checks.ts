import { deepStrictEqual as equal, match, ok } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { goPrograms } from "../harness/go-program";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { AgentProcess, calls } from "./agent-process";
import { INBOX } from "./companion-fleet";
import { CompanionWorld } from "./companion-world";
import { REGION } from "./state-table";

const ROOT = resolve(__dirname, "../../..");
const HELPER = join(ROOT, "runtime/companion/credential-process");
const LETTER = "for the agent's eyes";

/** Third-party agent SDKs, with the companion, the exchange and STS of moto */
export function companionChecks(suite: Suite, python: Check<string>, moto: Check<Moto>): void {
  const helper = suite.check("companion: ambit-credentials is built, without a library of the system", [], async () => {
    const built = await goPrograms({
      name: "credential-process",
      module: HELPER,
      packages: { "ambit-credentials": "." },
      ldflags: "-s -w",
      env: { CGO_ENABLED: "0" },
    });
    return built["ambit-credentials"];
  });
  const world = suite.check("companion: it runs beside an agent", [moto], async ([{ url }], note) => {
    await letterAt(url);
    const started = await CompanionWorld.start(url);
    suite.afterwards(() => started.close());
    note(`the exchange is at ${started.host}`);
    return started;
  });
  const agent = suite.check(
    "companion: an agent has its environment",
    [python, moto, world],
    ([program, { url }, at]) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-agent-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      return new AgentProcess({ python: program, aws: url, companion: at.url, folder });
    },
  );
  callChecks(suite, world, agent);
  profileChecks(suite, world, agent, helper);
  refusalChecks(suite, world, agent, helper);
}

function callChecks(suite: Suite, world: Check<CompanionWorld>, agent: Check<AgentProcess>): void {
  suite.check(
    "companion: 1,000 calls of boto3 by environment cause at most 2 AssumeRole",
    [world, agent],
    async ([at, it], note) => {
      const before = at.assumed;
      const { body, used } = calls(await it.boto3(it.task("collect", "agent"), 1_000, 0));
      const assumed = at.assumed - before;
      equal(body, LETTER);
      ok(assumed >= 1 && assumed <= 2, `${assumed} AssumeRole`);
      ok((used.environment ?? []).length <= 2, `credentials used: ${used.environment}`);
      note(`${assumed} AssumeRole`);
    },
  );

  suite.check("companion: the SDK for JavaScript calls by environment", [world, agent], async ([at, it]) => {
    const before = at.assumed;
    const { body } = calls(await it.javascript(it.task("collect", "agent"), 100, 0));
    equal(body, LETTER);
    ok(at.assumed - before <= 1, `${at.assumed - before} AssumeRole`);
  });

  suite.check(
    "companion: both SDKs get new credentials by themselves when the old ones end",
    [world, agent],
    async ([at, it], note) => {
      // What was issued before lives for 15 minutes; a run of a user has credentials of its own.
      at.sts.fate = () => ({ seconds: 20 });
      try {
        for (const sdk of ["boto3", "javascript"] as const) {
          const run = await at.begin("collect", "user", sdk);
          const { body, used } = calls(await it[sdk](it.run(run), 6, 5));
          equal(body, LETTER);
          const keys = used.environment ?? [];
          ok(keys.length >= 2, `25 s with credentials of 20 s, and only ${keys} were used`);
          note(`${sdk}: ${keys.length} credentials in 25 s`);
          await at.end(run);
        }
      } finally {
        at.sts.fate = () => "pass";
      }
    },
  );

  suite.check("companion: the session has the task's policy, and ends with the run", [world, agent], async ([at]) => {
    const form = at.sts.asked.find((asked) => asked.get("Action") === "AssumeRole");
    match(form?.get("Policy") ?? "", new RegExp(INBOX));
    equal([form?.get("SourceIdentity"), form?.get("DurationSeconds")], ["courier", "900"]);
  });
}

function profileChecks(
  suite: Suite,
  world: Check<CompanionWorld>,
  agent: Check<AgentProcess>,
  helper: Check<string>,
): void {
  suite.check(
    "companion: two tasks in one process by two profiles",
    [world, agent, helper],
    async ([at, it, program]) => {
      const before = at.sts.asked.length;
      const run = await at.begin("deliver", "schedule");
      const { body, used } = calls(await it.profiles(program, { collect: "agent", deliver: undefined }, 5));
      equal(body, LETTER);
      const [collect = [], deliver = []] = [used.collect, used.deliver];
      equal([collect.length, deliver.length], [1, 1]);
      ok(collect[0] !== deliver[0], "each task has credentials of its own");
      const policies = at.sts.asked.slice(before).map((form) => form.get("Policy") ?? "");
      equal(policies.filter((policy) => policy.includes("acme-outbox")).length, 1);
      await at.end(run);
    },
  );

  suite.check("companion: the SDK for JavaScript takes a profile", [world, agent, helper], async ([, it, program]) => {
    const finished = await it.javascript(
      { ...it.configOf(program, { collect: "agent" }), AWS_PROFILE: "collect" },
      3,
      0,
    );
    equal(calls(finished).body, LETTER);
  });
}

function refusalChecks(
  suite: Suite,
  world: Check<CompanionWorld>,
  agent: Check<AgentProcess>,
  helper: Check<string>,
): void {
  suite.check(
    "companion: fails where the agent starts what it may not, and SDKs say why",
    [world, agent],
    async ([at, it]) => {
      const before = at.assumed;
      for (const sdk of ["boto3", "javascript"] as const) {
        const { code, stderr } = await it[sdk](it.task("deliver", "agent"), 1, 0);
        ok(code !== 0, `${sdk} must fail`);
        if (sdk === "boto3") match(stderr, /start\.undeclared/);
      }
      equal(at.assumed, before);
    },
  );

  suite.check("companion: fails where a task has no run", [world, agent], async ([, it]) => {
    const { code, stderr } = await it.boto3(it.task("deliver"), 1, 0);
    ok(code !== 0);
    match(stderr, /companion\.no-run/);
  });

  suite.check("companion: fails where two users' runs live of one task", [world, agent], async ([at, it]) => {
    const runs = [await at.begin("collect", "user", "ada"), await at.begin("collect", "user", "bob")];
    const { code, stderr } = await it.boto3(it.task("collect"), 1, 0);
    ok(code !== 0);
    match(stderr, /companion\.several-runs/);
    for (const run of runs) {
      equal(calls(await it.boto3(it.run(run), 1, 0)).body, LETTER);
      await at.end(run);
    }
  });

  suite.check("companion: ambit-credentials fails with the reason", [agent, helper], async ([it, program]) => {
    const asked = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      const { code, stdout, stderr } = await run(program, args, { env: it.environment });
      equal(stdout, "");
      return [code, stderr];
    };
    const [refused, why] = await asked("--task", "deliver", "--start", "agent");
    equal(refused, 1);
    match(why, /^ambit-credentials: start\.undeclared: /);
    equal((await asked("--task", "deliver"))[1].split(":")[1], " companion.no-run");
    equal((await asked())[0], 2);
  });

  suite.check("companion: fails to listen where others would reach it", [world], async ([at]) => {
    const main = join(ROOT, "runtime/companion/main.ts");
    const env = { AMBIT_LISTEN: `http://${at.host === "127.0.0.1" ? "0.0.0.0" : at.host}:7464` };
    const { code, stdout } = await run(process.execPath, ["-r", "@swc-node/register", main], { cwd: ROOT, env });
    equal(code, 2);
    match(stdout, /AMBIT_LISTEN must be http:\/\/<loopback address>:<port>/);
  });

  suite.check(
    "companion: calls go on without the exchange, and new runs do not begin",
    [world, agent],
    async ([at, it]) => {
      await at.exchange.close();
      equal(calls(await it.boto3(it.task("collect", "agent"), 20, 0)).body, LETTER);
      let why = "nothing";
      await at.begin("deliver", "schedule").catch((error: Error) => (why = error.message));
      match(why, /companion\.no-exchange/);
    },
  );

  suite.check("companion: it says nothing secret, and ends when it is asked to", [world], async ([at]) => {
    await at.companion.stop();
    const said = at.companion.said();
    match(said, /"event":"companion\.stopped"\}\n$/);
    for (const line of said.trim().split("\n")) JSON.parse(line);
    ok(!/eyJ|ASIA|AccessKeyId/.test(said), "a token or a credential is in the log");
  });
}

async function letterAt(url: string): Promise<void> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint: url, region: REGION, credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: INBOX, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  await s3.send(new PutObjectCommand({ Bucket: INBOX, Key: "in/letter", Body: LETTER }));
  s3.destroy();
}
