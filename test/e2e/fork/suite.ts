import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Suite, Skipped } from "../harness/suite";
import { jestIn, workingCopy } from "../harness/working-copy";

/** CDK Terrain, the community fork of cdktf, which was archived in December 2025 */
const FORK = "npm:cdktn@0.24.0";

const ROOT = resolve(__dirname, "../../..");
const AGENTS = "stacks/agents/cdk.tf.json";

interface Manifest {
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  overrides?: Record<string, unknown>;
}

/** The same sources and tests on the fork, by npm alias alone. */
export function forkSuite(suite: Suite): void {
  const installed = suite.check(`${FORK} installs in place of cdktf`, [], () => {
    const folder = workingCopy(suite);
    const file = join(folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    manifest.devDependencies.cdktf = FORK;
    manifest.peerDependencies.cdktf = FORK;
    // The providers ask for cdktf 0.21 as a peer, which the fork's version is not.
    const providers = Object.keys(manifest.devDependencies).filter((name) => name.startsWith("@cdktf/provider-"));
    manifest.overrides = Object.fromEntries(providers.map((name) => [name, { cdktf: FORK }]));
    writeFileSync(file, JSON.stringify(manifest));
    const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
    const { status, stderr } = spawnSync("npm", install, { cwd: folder, encoding: "utf8" });
    if (status !== 0 && /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|E404/.test(stderr)) {
      throw new Skipped(`the fork cannot be had here: ${stderr.split("\n")[0]}`);
    }
    if (status !== 0) throw new Error(stderr);
    return folder;
  });
  suite.check(
    "constructs, stacks and the example fleet pass their tests on it",
    [installed],
    async ([folder], note) => {
      const { passed, output } = await jestIn(folder, [
        "test/constructs",
        "test/stacks",
        "test/fleet",
        "test/cli/synth",
      ]);
      if (!passed) throw new Error(output);
      note(/^Tests: .*$/m.exec(output)?.[0] ?? "");
    },
  );
  suite.check("its output gives every principal the same access as cdktf's", [installed], ([folder], note) => {
    const [ours, theirs] = [join(folder, "cdktf.out"), join(folder, "fork.out")];
    synthesize(ROOT, ours);
    synthesize(folder, theirs);
    const stacks = new Set([ours, theirs].map((out) => readFileSync(join(out, AGENTS), "utf8")));
    for (const pair of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const { agents, unknown, requiresApproval } = JSON.parse(ambit("review", ...pair, "--json")) as Reviewed;
      if (requiresApproval || agents.length + unknown.length > 0) throw new Error(ambit("review", ...pair));
    }
    note(stacks.size === 1 ? "the same bytes" : "other bytes, the same access");
  });
}

interface Reviewed {
  readonly agents: readonly object[];
  readonly unknown: readonly object[];
  readonly requiresApproval: boolean;
}

function synthesize(folder: string, out: string): void {
  program(folder, "cli/synth.ts", [], { ...process.env, CDKTF_OUTDIR: out });
}

/** Its output, with any exit code */
function ambit(...args: readonly string[]): string {
  return program(ROOT, "cli/ambit.ts", args, process.env);
}

function program(cwd: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const run = ["-r", "@swc-node/register", file, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, run, { cwd, encoding: "utf8", env, maxBuffer: 1e8 });
  if (status !== 0 && status !== 2) throw new Error(stderr);
  return stdout;
}
