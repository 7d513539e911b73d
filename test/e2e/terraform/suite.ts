import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "../harness/process";
import { type Check, Skipped, type Suite } from "../harness/suite";
import { accountChecks, planChecks } from "./account-checks";
import { cdktfChecks } from "./cdktf-checks";
import { changeChecks, sameStackChecks } from "./change-checks";
import { commandChecks } from "./command-checks";
import { type Deployed, deployChecks, destroyChecks, startChecks } from "./deploy-checks";
import { functionChecks } from "./function-checks";
import { motoPython } from "./moto";
import { openTofu } from "./opentofu";
import { publishChecks } from "./publish-checks";
import { StarterChecks } from "./starter-checks";
import type { Engine } from "./terraform";
import { WitnessChecks } from "./witness-checks";

/** Terraform with the real AWS provider, on an account in moto */
export function terraformSuite(suite: Suite): void {
  const name = "terraform";
  const binary = terraform(suite);
  const [folder, python] = ground(suite);
  const started = startChecks(suite, name, join(folder, name), binary, python);
  const starters = new StarterChecks(suite, name, started, python);
  const witness = new WitnessChecks(suite, name, started, python);
  planChecks(suite, name, started);
  const deployed = deployChecks(suite, name, started);
  accountChecks(suite, name, deployed);
  sameStackChecks(suite, name, started);
  publishChecks(suite, name, deployed, changeChecks(suite, name, deployed));
  functionChecks(suite, name, deployed);
  witness.applied();
  const destroyed = starters.applied();
  endChecks(suite, name, deployed, binary);
  starters.destroyed(destroyed);
}

/**
 * OpenTofu, for what depends on the engine: state, plan, apply, destroy and the commands that call it. What AWS gets is made
 * by the same provider, and is read back by the suite of Terraform.
 */
export function openTofuSuite(suite: Suite): void {
  const name = "opentofu";
  const binary = tofu(suite);
  const [folder, python] = ground(suite);
  const deployed = deployChecks(suite, name, startChecks(suite, name, join(folder, name), binary, python));
  changeChecks(suite, name, deployed);
  endChecks(suite, name, deployed, binary);
}

/** The cdktf command on both, each with an account of its own */
export function cdktfSuite(suite: Suite): void {
  const binaries = { terraform: terraform(suite), opentofu: tofu(suite) };
  const [folder, python] = ground(suite);
  for (const name of ["terraform", "opentofu"] as const) {
    cdktfChecks(suite, name, join(folder, name), binaries[name], python);
  }
}

function terraform(suite: Suite): Check<string> {
  return suite.check("terraform is on the PATH", [], async () => {
    if ((await answers("terraform", ["version"])) === undefined) throw new Skipped("no terraform on the PATH");
    return "terraform";
  });
}

function tofu(suite: Suite): Check<string> {
  return suite.check("opentofu is on the PATH or built", [], () => openTofu());
}

function ground(suite: Suite): readonly [folder: string, python: Check<string>] {
  const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return [folder, suite.check("moto is installed", [], () => motoPython())];
}

function endChecks(suite: Suite, name: Engine["name"], deployed: Deployed, binary: Check<string>): void {
  destroyChecks(suite, name, deployed, commandChecks(suite, name, deployed, binary));
}
