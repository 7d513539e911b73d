import { envoyProgram } from "../gateway/envoy-program";
import { GatewayWorld } from "../gateway/gateway-world";
import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { cutChecks } from "./cut-checks";
import { cutFleet } from "./cut-fleet";
import { shownChecks } from "./shown-checks";

/** What is open when something is stopped, on real Envoy and SPIRE */
export function cutSuite(suite: Suite): void {
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  const world = suite.check(
    "cut: Envoy, authorizer, exchange and SPIRE run together",
    [spire, envoy],
    ([programs, program]) => GatewayWorld.start(suite, programs, program, { fleet: cutFleet }),
  );
  shownChecks(suite, world);
  cutChecks(suite, world);
}
