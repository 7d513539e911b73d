import { envoyProgram } from "../gateway/envoy-program";
import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { accessRequestChecks } from "./access-request-checks";
import { changeChecks } from "./change-checks";
import { decisionChecks, decisionRecordChecks } from "./decision-checks";
import { loginChecks } from "./login-checks";
import { noticeChecks } from "./notice-checks";
import { OversightWorld } from "./oversight-world";
import { pageChecks } from "./page-checks";
import { pushChecks } from "./push-checks";
import { signalChecks } from "./signal-checks";
import { viewChecks } from "./view-checks";

/** People decide on what agents ask for: a real Keycloak, a real Chromium, Envoy and SPIRE. */
export function oversightSuite(suite: Suite): void {
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  const world = suite.check(
    "oversight: Keycloak, the approvers' page, Envoy, authorizer, exchange and SPIRE run together",
    [spire, envoy],
    ([programs, program]) => OversightWorld.start(suite, programs, program),
  );
  noticeChecks(suite, world);
  loginChecks(suite, world);
  pageChecks(suite, world);
  accessRequestChecks(suite, world);
  viewChecks(suite, world);
  decisionChecks(suite, world);
  changeChecks(suite, world);
  decisionRecordChecks(suite, world);
  signalChecks(suite, world);
  pushChecks(suite, world);
}
