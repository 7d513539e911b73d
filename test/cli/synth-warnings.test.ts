import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Warning, warningsOf } from "../../cli/synth-warnings";
import { scratch } from "../support/cli";
import { agentOf } from "../support/domain";

const ROOT = resolve(__dirname, "../..");
const WARNED = "test/support/warned/index.ts";
const temporary = scratch("synth-warnings");

/** `npm run synth -- --json` of the example with another `fleet/index.ts` */
const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ["@swc-node/register", "./test/support/run/without-stacks.ts", "./test/support/instead.ts"]
    .flatMap((loaded) => ["-r", loaded])
    .concat("cli/synth.ts", "--json"),
  {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      ...process.env,
      TMPDIR: temporary.path,
      CDKTF_OUTDIR: join(temporary.path, "out"),
      AMBIT_TEST_INSTEAD: JSON.stringify({
        "fleet/index.ts": WARNED,
        "fleet/monitoring.ts": "test/support/warned/monitoring.ts",
      }),
    },
  },
);
const { warnings } = JSON.parse(stdout) as { readonly warnings: readonly Warning[] };

const lineOf = (file: string, text: string): number =>
  readFileSync(join(ROOT, file), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

function expected(agent: string, file: string, said: string): string {
  return `${file}:${lineOf(file, `define("${agent}"`)}: agent "${agent}" ${said}`;
}

const UNLISTED = "is in no fleet and gets nothing: add it to Fleet.of, or remove it";
const EXPECTED = [
  ["agent.unlisted", expected("support-triage", "fleet/agents/support-triage.ts", UNLISTED)],
  ["agent.unlisted", expected("refund-clerk", "fleet/agents/refund-clerk.ts", UNLISTED)],
  ["agent.unlisted", expected("unloaded", "test/support/warned/not-imported.ts", UNLISTED)],
  [
    "agent.expired",
    expected("former", WARNED, "expired on 2020-01-01 and is suspended: extend expires after a review, or remove it"),
  ],
];

test("synth warns once of each, naming the line and what to write, and does not fail", () => {
  expect(status).toBe(0);
  expect(stderr.trimEnd().split("\n")).toEqual(EXPECTED.map(([, text]) => `warning ${text}`));
});

test("warnings stand in the JSON too", () => {
  const told = warnings.map(({ code, sentence, source }) => [code, `${source?.file}:${source?.line}: ${sentence}`]);
  expect(told).toEqual(EXPECTED);
});

test("an agent whose line is unknown is told without one", () => {
  const agent = agentOf();
  expect(warningsOf({ defined: [{ agent, isListed: false }], agents: [], isLoaded: () => true })).toEqual([
    { code: "agent.unlisted", agent: "triage", sentence: `agent "triage" ${UNLISTED}` },
  ]);
});
