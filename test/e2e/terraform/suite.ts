import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "../harness/process";
import { type Check, Skipped, type Suite } from "../harness/suite";
import { cdktfChecks } from "./cdktf-checks";
import { changeChecks } from "./change-checks";
import { deployChecks, destroyChecks } from "./deploy-checks";
import { functionChecks } from "./function-checks";
import { motoPython } from "./moto";
import { openTofu } from "./opentofu";
import { publishChecks } from "./publish-checks";
import type { Engine } from "./terraform";

/** Terraform and the cdktf command with the real AWS provider, on accounts of their own in moto. */
export function terraformSuite(suite: Suite): void {
  const binary = suite.check("terraform is on the PATH", [], async () => {
    if ((await answers("terraform", ["version"])) === undefined) throw new Skipped("no terraform on the PATH");
    return "terraform";
  });
  rehearse(suite, "terraform", binary);
}

/** The same on OpenTofu. */
export function openTofuSuite(suite: Suite): void {
  const binary = suite.check("opentofu is on the PATH or built", [], () => openTofu());
  rehearse(suite, "opentofu", binary);
}

function rehearse(suite: Suite, name: Engine["name"], binary: Check<string>): void {
  const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const python = suite.check("moto is installed", [], () => motoPython());
  const deployed = deployChecks(suite, name, join(folder, name), binary, python);
  publishChecks(suite, name, deployed, changeChecks(suite, name, deployed));
  functionChecks(suite, name, deployed);
  destroyChecks(suite, name, deployed);
  cdktfChecks(suite, name, join(folder, `cdktf-${name}`), binary, python);
}
