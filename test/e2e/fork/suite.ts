import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Suite, Skipped } from "../harness/suite";
import { jestIn, workingCopy } from "../harness/working-copy";

/** CDK Terrain, the community fork of cdktf, which was archived in December 2025 */
const FORK = "npm:cdktn@0.24.0";

interface Manifest {
  readonly dependencies: Record<string, string>;
  overrides?: Record<string, unknown>;
}

/** The same sources and tests on the fork, by npm alias alone. */
export function forkSuite(suite: Suite): void {
  const installed = suite.check(`${FORK} installs in place of cdktf`, [], () => {
    const folder = workingCopy(suite);
    const file = join(folder, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    manifest.dependencies.cdktf = FORK;
    // The providers ask for cdktf 0.21 as a peer, which the fork's version is not.
    const providers = Object.keys(manifest.dependencies).filter((name) => name.startsWith("@cdktf/provider-"));
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
  suite.check("constructs, stacks and the example fleet pass their tests on it", [installed], ([folder], note) => {
    const { passed, output } = jestIn(folder, "test/constructs", "test/stacks", "test/fleet", "test/cli");
    if (!passed) throw new Error(output);
    note(/^Tests: .*$/m.exec(output)?.[0] ?? "");
  });
}
