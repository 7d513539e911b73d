import { deepStrictEqual as equal, ok } from "node:assert";
import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { starterIssuer } from "../../../domain/starter";
import { platform } from "../../../fleet/platform";
import type { StarterConfig } from "../../../runtime/starters/config";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { STARTERS, type StarterName } from "./ways-in-fleet";
import { CLERK_HOST, type WaysInWorld } from "./ways-in-world";

const ROOT = resolve(__dirname, "../../..");

/** One line of a starter's log, or what Lambda is told */
interface Line {
  readonly event: string;
  readonly status?: number;
  readonly codes?: readonly string[];
  readonly batchItemFailures?: readonly unknown[];
}

/** Starters start the agent's task by their own program, which KMS signs for. */
export function starterChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  suite.check(
    "ways in: a starter whose key is in KMS starts an event's task through the gateway, and the same event once",
    [world, pod],
    async ([at]) => {
      const [one, other] = [event("one"), event("other")];
      const { lines, said } = await handled(at, "outside", [one, one, other]);
      equal(lines.map(told), [
        ["start.answered", 200],
        ["handled", "done"],
        ["start.replayed", 403],
        ["handled", "done"],
        ["start.answered", 200],
        ["handled", "done"],
      ]);
      ok(at.kms.signed.length >= 3, "KMS signed nothing");
      equal([...new Set(at.kms.signed.map(({ KeyId }) => KeyId))], [STARTERS.outside]);
      ok(!/ey[\w-]+\.ey[\w-]+\.[\w-]{40}/.test(said), "a token stands in the log");
    },
  );

  suite.check("ways in: a starter starts no task but its own, though the key is sound", [world, pod], async ([at]) => {
    const { lines } = await handled(at, "outside", [event("x")], { task: "digest", path: "/digests" });
    equal(
      lines.slice(0, 1).map(({ event: name, codes }) => [name, codes]),
      [["start.refused", ["evidence.starter-unknown"]]],
    );
    equal(lines.at(-1)?.batchItemFailures?.length, 1);
  });

  suite.check(
    "ways in: an agent that its own event starts anew has washed off nothing of what it has read",
    [world, pod],
    async ([at, { desk }]) => {
      // Read for one user, and remembered by the agent's process for as long as it runs
      equal(await desk.record("looping-lou"), { status: 200, codes: [] });
      const clean = await handled(at, "outside", [event("clean")]);
      equal(clean.lines.slice(0, 1).map(told), [["start.answered", 200]]);
      const own = await handled(at, "own", [event("own")]);
      equal(
        own.lines.map(({ event: name, codes }) => [name, codes]),
        [
          ["start.unheard", ["answer.above-clearance"]],
          ["handled", undefined],
        ],
      );
    },
  );
}

const event = (what: string) => ({ id: randomUUID(), "detail-type": "Posted", source: "board", detail: { what } });

function told({ event: name, status, batchItemFailures }: Line): readonly unknown[] {
  return [name, batchItemFailures === undefined ? status : batchItemFailures.length === 0 ? "done" : "failed"];
}

async function handled(
  at: WaysInWorld,
  name: StarterName,
  messages: readonly object[],
  { task = "ingest", path = "/events" } = {},
): Promise<{ readonly lines: readonly Line[]; readonly said: string }> {
  const config: StarterConfig = {
    name,
    start: "event",
    from: "bus",
    issuer: starterIssuer(name, platform.trustDomain),
    audience: at.gateway.issuer,
    agent: at.gateway.idOf("clerk"),
    task,
    address: `https://${CLERK_HOST}:${at.gateway.usersPort}${path}`,
    method: "POST",
    key: STARTERS[name],
    region: "eu-central-1",
    kmsEndpoint: at.kms.url,
    ca: at.authorityFile,
  };
  const { stdout } = await run(process.execPath, ["-r", "@swc-node/register", join(__dirname, "starter-process.ts")], {
    cwd: ROOT,
    env: {
      AMBIT_CONFIG_JSON: JSON.stringify(config),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      STARTER_HOST: at.gateway.host,
      STARTER_MESSAGES: JSON.stringify(messages),
    },
  });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { lines: lines.map((line) => JSON.parse(line) as Line), said: stdout };
}
