import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { motoPython, startMoto } from "../terraform/moto";
import { agentPageChecks } from "./agent-page-checks";
import { awsChecks } from "./aws-checks";
import { bundleChecks } from "./bundle-checks";
import { clientChecks } from "./client-checks";
import { companionChecks } from "./companion-checks";
import { delegationChecks } from "./delegation-checks";
import { erasureChecks } from "./erasure-checks";
import { exchangeFaultChecks } from "./fault-checks";
import { hopsChecks } from "./hops-checks";
import { identityChecks } from "./identity-checks";
import { keyRotationChecks } from "./key-rotation-checks";
import { lambdaChecks } from "./lambda-checks";
import { registryChecks } from "./registry-checks";
import { SERIAL_MOTO } from "./state-table";
import { storeChecks } from "./store-checks";

const ACCOUNT = "111122223333";

/** The exchange with what it stands on: its store, its clients, its issuers. */
export function exchangeSuite(suite: Suite): void {
  const python = suite.check("moto is installed", [], () => motoPython());
  const moto = suite.check("moto answers", [python], async ([program]) => {
    const started = await startMoto(program, ACCOUNT, [SERIAL_MOTO]);
    suite.afterwards(() => started.stop());
    return started;
  });
  storeChecks(suite, moto);
  registryChecks(suite, moto);
  awsChecks(suite, moto);
  companionChecks(suite, python, moto);
  agentPageChecks(suite, python);
  hopsChecks(suite, moto);
  lambdaChecks(suite, moto);
  bundleChecks(suite);
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const identified = identityChecks(suite, spire, moto);
  keyRotationChecks(suite, identified);
  clientChecks(suite, identified);
  delegationChecks(suite, identified);
  erasureChecks(suite, identified);
  exchangeFaultChecks(suite, identified);
}
