import { envoyProgram } from "../gateway/envoy-program";
import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { a2aChecks } from "./a2a-checks";
import { agentChecks } from "./agent-checks";
import { cutChecks } from "./cut-checks";
import { delegationChecks } from "./delegation-checks";
import { hostileChecks } from "./hostile-checks";
import { podChecks } from "./pod-checks";
import { pushChecks } from "./push-checks";
import { proofChecks, recordChecks } from "./proof-checks";
import { routeChecks } from "./route-checks";
import { startedChecks } from "./started-checks";
import { starterChecks } from "./starter-checks";
import { WaysInWorld } from "./ways-in-world";

/** Users reach an agent in an unmodified framework, through real Envoy, SPIRE, exchange and companions. */
export function waysInSuite(suite: Suite): void {
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  const world = suite.check(
    "ways in: Envoy, authorizer, exchange and SPIRE run together",
    [spire, envoy],
    ([programs, program]) => WaysInWorld.start(suite, programs, program),
  );
  routeChecks(suite, world);
  const pod = agentChecks(suite, world);
  const delegate = delegationChecks(suite, world, pod);
  const examples = a2aChecks(suite, world, pod);
  pushChecks(suite, world, pod, delegate, examples);
  proofChecks(suite, world, pod, delegate, examples);
  cutChecks(suite, world, pod);
  hostileChecks(suite, world, pod);
  starterChecks(suite, world, pod);
  startedChecks(suite, world);
  podChecks(suite, world, pod);
  recordChecks(suite, world);
}
