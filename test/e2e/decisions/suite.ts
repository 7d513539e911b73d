import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "../harness/suite";
import { agreementChecks } from "./agreement-checks";
import { bundleChecks } from "./bundle-checks";
import { caseChecks } from "./case-checks";
import { deployedChecks } from "./deployed-checks";
import { mutantChecks } from "./mutant-checks";
import { networkChecks } from "./network-checks";
import { ownRulesChecks } from "./own-rules-checks";
import { opaProgram } from "./programs";
import { regoChecks } from "./rego-checks";
import { shapeChecks } from "./shape-checks";

/** The decisions that ship, on the real OPA. */
export function decisionsSuite(suite: Suite): void {
  const folder = mkdtempSync(join(tmpdir(), "ambit-opa-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const opa = suite.check("opa is built", [], opaProgram);
  regoChecks(suite, opa);
  caseChecks(suite, opa, folder);
  shapeChecks(suite, opa, folder);
  networkChecks(suite, opa, join(folder, "n"));
  deployedChecks(suite, opa, join(folder, "d"));
  ownRulesChecks(suite, opa, join(folder, "o"));
  agreementChecks(suite, opa);
  mutantChecks(suite, opa);
  bundleChecks(suite, opa, join(folder, "b"));
}
