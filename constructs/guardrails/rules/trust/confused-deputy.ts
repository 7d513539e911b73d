import type { Json } from "../../../../domain";
import { isAnyOf as isAnySource, isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** Roles, and policies of resources. EC2, EKS, its pods and Lambda become a role only for one who may pass it, and tell no source. */
export const confusedDeputy: BlockRule = {
  id: "AMBIT-TRUST-CONFUSED-DEPUTY",
  severity: "medium",
  what: "a statement for a service of AWS must name for which resource or account it acts",
  why: "the service also acts for other accounts, which have it read or write what is yours",
  fix: "test aws:SourceArn or aws:SourceAccount",
  standards: ["owasp-nhi/NHI4", "owasp-nhi/NHI6", "sp800-53/AC-4"],
  looksAt: [...typesWith("trust", "resource"), "aws_lambda_permission"],
  *check(block, stack) {
    if (block.type === "aws_lambda_permission") {
      const { action = null, principal = null, source_account: account = "", source_arn: arn = "" } = block.body;
      const isService = typeof principal === "string" && principal.includes(".amazonaws.com");
      if (!isService || isSource(arn) || isSource(account)) return;
      yield { what: `Service::${principal}`, at: "principal", evidence: [action, principal, arn, account] };
      return;
    }
    for (const { kind, at, statement, evidence } of grantsOf(block, stack, "trust", "resource")) {
      if (isNarrowedBy(statement, SOURCE)) continue;
      for (const { type, value } of principalsOf(statement)) {
        if (type !== "Service" || (kind === "trust" && PASSED.test(value))) continue;
        yield { what: `Service::${value}`, at: `${at}.Condition`, evidence };
      }
    }
  },
};

/** Whether it names one source: an ARN with no account, or any, names none but for buckets */
function isSource(value: Json): boolean {
  return typeof value === "string" && value !== "" && !isAnySource("aws:SourceArn", value);
}

const SOURCE =
  /^(?:aws:Source(?:Arn|Account|OrgID|OrgPaths)|kms:(?:CallerAccount|EncryptionContext:.+)|AWS:SourceOwner)$/i;

/**
 * Services that become a role only where a principal of its account passed it (iam:PassRole), and give no source. Others ask for one in
 * their guides: ECS tasks, flow logs and RDS's monitoring among them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
const PASSED = /^(?:autoscaling|ec2|edgelambda|eks|elasticmapreduce|lambda|pods\.eks)\.amazonaws\.com(?:\.cn)?$/;
