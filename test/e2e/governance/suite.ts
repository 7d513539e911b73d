import type { Suite } from "../harness/suite";
import { trestleChecks } from "./trestle";

/** What programs of others say of governance's reports: a file for each of them */
export function governanceSuite(suite: Suite): void {
  trestleChecks(suite);
}
