import type { Suite } from "../harness/suite";
import { checkovChecks } from "./checkov";
import { lintOthersChecks } from "./lint-others";
import { parliamentChecks } from "./parliament";
import { trestleChecks } from "./trestle";

/** What programs of others say of governance's reports and of the stacks, and what lint says of others' Terraform: a file for each of them */
export function governanceSuite(suite: Suite): void {
  trestleChecks(suite);
  checkovChecks(suite);
  parliamentChecks(suite);
  lintOthersChecks(suite);
}
