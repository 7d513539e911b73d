import { deepStrictEqual as equal } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { manifestOf } from "../../support/packages";
import { run, succeed } from "../harness/process";
import { Skipped, type Suite } from "../harness/suite";
import { workingCopy } from "../harness/working-copy";

const ROOT = resolve(__dirname, "../../..");
const INSTALL_SECONDS = 900;
const SETTINGS = "tsconfig.peers.json";
/** What an installer compiles: the published sources, and a fleet on them */
const COMPILED = ["main.ts", "fleet/**/*.ts", "constructs/**/*.ts", "stacks/**/*.ts", "iam/**/*.ts"];

type Versions = Readonly<Record<string, string>>;

/** Each end of the ranges of the peers: the sources compile, and the example synthesizes to the same access. */
export function peersSuite(suite: Suite): void {
  const { peerDependencies = {} } = manifestOf(".");
  const newest = suite.check("the registry tells the newest of each range", [], async (_, note) => {
    const versions = await newestOf(peerDependencies);
    note(told(versions));
    return versions;
  });
  const lowest = suite.check("each range begins with a version", [], (_, note) => {
    const versions = Object.fromEntries(
      Object.entries(peerDependencies).map(([name, range]) => [name, range.replace(/^\^/, "")]),
    );
    note(told(versions));
    return versions;
  });
  for (const [which, versions] of Object.entries({ lowest, newest })) {
    const installed = suite.check(`${which}: all peers install together`, [versions], ([chosen]) =>
      installedWith(suite, chosen),
    );
    suite.check(`${which}: the sources and the example's fleet compile`, [installed], async ([folder]) => {
      const settings = { extends: "./tsconfig.json", compilerOptions: { types: ["node"] }, include: COMPILED };
      writeFileSync(join(folder, SETTINGS), JSON.stringify(settings));
      await succeed("npx", ["tsc", "--noEmit", "--project", SETTINGS], { cwd: folder });
    });
    suite.check(
      `${which}: the example gives each agent what it does on the pinned versions`,
      [installed],
      async ([folder]) => {
        const [ours, theirs] = [join(folder, "ours.out"), join(folder, "theirs.out")];
        await synthesized(ROOT, ours);
        await synthesized(folder, theirs);
        for (const pair of [
          [ours, theirs],
          [theirs, ours],
        ] as const) {
          const review = ["-r", "@swc-node/register", "cli/ambit.ts", "review", ...pair, "--json"];
          const { stdout, tail, code } = await run(process.execPath, review, { cwd: ROOT });
          if (code !== 0 && code !== 2) throw new Error(tail);
          const { agents, unknown, requiresApproval } = JSON.parse(stdout) as Reviewed;
          equal({ agents, unknown, requiresApproval }, { agents: [], unknown: [], requiresApproval: false });
        }
      },
    );
  }
}

interface Reviewed {
  readonly agents: readonly object[];
  readonly unknown: readonly object[];
  readonly requiresApproval: boolean;
}

/** A copy of the sources with these versions in place of the pinned ones */
async function installedWith(suite: Suite, versions: Versions): Promise<string> {
  const folder = workingCopy(suite);
  const file = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as { devDependencies: Record<string, string> };
  Object.assign(manifest.devDependencies, versions);
  writeFileSync(file, JSON.stringify(manifest));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", "--loglevel=error"];
  await succeed("npm", install, { cwd: folder, timeoutSeconds: INSTALL_SECONDS });
  for (const [name, version] of Object.entries(versions)) {
    const found = JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")) as {
      readonly version: string;
    };
    equal([name, found.version], [name, version]);
  }
  return folder;
}

async function newestOf(ranges: Versions): Promise<Versions> {
  const found: [string, string][] = [];
  for (const [name, range] of Object.entries(ranges)) {
    const { code, stdout, tail } = await run("npm", ["view", `${name}@${range}`, "version", "--json"]);
    if (code !== 0) throw new Skipped(`the registry cannot be asked here: ${tail.split("\n").at(-1)}`);
    const versions = [JSON.parse(stdout) as string | readonly string[]].flat();
    found.push([name, [...versions].sort(byNumber).at(-1) as string]);
  }
  return Object.fromEntries(found);
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

async function synthesized(folder: string, out: string): Promise<void> {
  const program = ["-r", "@swc-node/register", "cli/synth.ts"];
  await succeed(process.execPath, program, { cwd: folder, env: { CDKTF_OUTDIR: out } });
}

function told(versions: Versions): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
