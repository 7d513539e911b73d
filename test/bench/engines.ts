import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { envoyProgram } from "../e2e/gateway/envoy-program";
import { Suite } from "../e2e/harness/suite";
import { spirePrograms } from "../e2e/spire/programs";

/** Envoy and SPIRE for a bench, a folder for the programs that it bundles, and how busy the machine was before. The suite puts all away. */
export async function engines() {
  const [busy = NaN] = loadavg();
  const [envoy, spire] = [await envoyProgram(), await spirePrograms()];
  const suite = new Suite("bench");
  const folder = mkdtempSync(join(tmpdir(), "ambit-programs-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return { busy, envoy, spire, suite, folder };
}
