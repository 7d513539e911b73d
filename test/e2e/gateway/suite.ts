import { opaProgram } from "../decisions/programs";
import type { Check, Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { approvalChecks } from "./approval-checks";
import { browserChecks } from "./browser-checks";
import { callChecks } from "./call-checks";
import { companionChecks } from "./companion-checks";
import { drainChecks } from "./drain-checks";
import { envoyProgram } from "./envoy-program";
import { faultChecks } from "./fault-checks";
import { GatewayWorld } from "./gateway-world";
import { refusalChecks } from "./models/refusal-checks";
import { sdkChecks } from "./models/sdk-checks";
import { tokenChecks } from "./models/token-checks";
import { storyChecks } from "./story-checks";
import { storeChecks } from "./store-checks";
import { expiryChecks, timeChecks } from "./time-checks";
import { userToolChecks } from "./user-tool-checks";

/** Real Envoy and SPIRE with our exchange, authorizer and companion between agents and tools. */
export function gatewaySuite(suite: Suite): void {
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  const world = suite.check(
    "gateway: Envoy, authorizer, exchange and SPIRE run together",
    [spire, envoy],
    ([programs, program]) => GatewayWorld.start(suite, programs, program),
  );
  drainChecks(suite, envoy);
  storyChecks(suite, envoy);
  callChecks(suite, world, "Cedar");
  approvalChecks(suite, world, "Cedar");
  userToolChecks(suite, world);
  const companion = companionChecks(suite, world);
  browserChecks(suite, world, companion);
  modelChecks(suite, world, "Cedar");
  sdkChecks(suite, world, companion);
  faultChecks(suite, world);
  const kept = timeChecks(suite, world);
  const opa = suite.check("OPA is built", [], () => opaProgram());
  const byOpa = suite.check(
    "gateway: OPA in the pod decides in place of Cedar",
    [world, opa],
    async ([at, program]) => {
      await at.decideByOpa(program);
      return at;
    },
  );
  callChecks(suite, byOpa, "OPA");
  modelChecks(suite, byOpa, "OPA");
  approvalChecks(suite, byOpa, "OPA");
  storeChecks(suite, byOpa);
  expiryChecks(suite, kept);
}

/** What models are asked, decided by either engine */
function modelChecks(suite: Suite, world: Check<GatewayWorld>, engine: string): void {
  refusalChecks(suite, world, engine);
  tokenChecks(suite, world, engine);
}
