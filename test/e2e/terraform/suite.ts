import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "../harness/process";
import { Skipped, type Suite } from "../harness/suite";
import { cdktfChecks } from "./cdktf-checks";
import { commandChecks } from "./command-checks";
import { changeChecks } from "./change-checks";
import { deployChecks, destroyChecks } from "./deploy-checks";
import { functionChecks } from "./function-checks";
import { motoPython } from "./moto";
import { openTofu } from "./opentofu";
import { publishChecks } from "./publish-checks";

/** Terraform, OpenTofu and the cdktf command with the real AWS provider, each on an account of its own in moto. */
export function terraformSuite(suite: Suite): void {
  const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));

  const python = suite.check("moto is installed", [], () => motoPython());
  const terraform = suite.check("terraform is on the PATH", [], async () => {
    if ((await answers("terraform", ["version"])) === undefined) throw new Skipped("no terraform on the PATH");
    return "terraform";
  });
  const tofu = suite.check("opentofu is on the PATH or built", [], () => openTofu());

  for (const [name, binary] of [
    ["terraform", terraform],
    ["opentofu", tofu],
  ] as const) {
    const deployed = deployChecks(suite, name, join(folder, name), binary, python);
    publishChecks(suite, name, deployed, changeChecks(suite, name, deployed));
    functionChecks(suite, name, deployed);
    destroyChecks(suite, name, deployed, commandChecks(suite, name, deployed, binary));
    cdktfChecks(suite, name, join(folder, `cdktf-${name}`), binary, python);
  }
}
