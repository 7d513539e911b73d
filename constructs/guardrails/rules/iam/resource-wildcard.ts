import { mayUseWildcardResource, valuesOf } from "../../../../iam";
import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** `*`, `arn:aws:s3:::*` and `NotResource`, for actions that AWS gives resources. Tags that a condition asks for name resources too. */
export const resourceWildcard: BlockRule = {
  id: "AMBIT-IAM-RESOURCE-WILDCARD",
  severity: "high",
  what: "an identity policy must name the resources on which it allows actions that have resources",
  why: "the actions reach each resource of the account, also those that are made later",
  fix: "name the ARNs, such as arn:aws:s3:::acme-logs/*, or their tags by aws:ResourceTag",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "owasp-asi/ASI02"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      const actions = valuesOf(statement.Action);
      if (actions.length > 0 && actions.every(hasNoResource)) continue;
      if (isNarrowedBy(statement, /^aws:Re(?:quest|source)Tag\//i)) continue;
      const wide = statement.NotResource === undefined ? valuesOf(statement.Resource).filter(isEvery) : ["NotResource"];
      for (const pattern of wide) yield { what: `Resource::${pattern}`, at: `${at}.Resource`, evidence };
    }
  },
};

/** No part of it names a resource: `*`, `arn:*`, `arn:aws:sqs:*:*:*`; a part that is known at apply is a name */
function isEvery(pattern: string): boolean {
  if (!pattern.startsWith("arn:")) return /^[*?:]+$/.test(pattern);
  const [, , service, , , ...rest] = pattern.split(":");
  const resource = rest.join(":");
  // A bucket's name stands first, where other services have the kind of resource.
  const named = service === "s3" ? resource : resource.replace(/^[a-z-]+[/:]/, "");
  return named === "" || /^[*?]+(?:[/:][*?]+)*$/.test(named);
}

/** Beside those that `iam` knows: reading actions on the whole account. Source: Service Authorization Reference. */
const ACCOUNT_WIDE = [
  /^(?:autoscaling|ec2|elasticloadbalancing):Describe\w+$/,
  /^cloudwatch:(?:GetMetricData|GetMetricStatistics|ListMetrics)$/,
  /^s3:ListAllMyBuckets$/,
  /^ssmmessages:(?:Create|Open)(?:Control|Data)Channel$/,
  /^sts:GetCallerIdentity$/,
];

function hasNoResource(action: string): boolean {
  return mayUseWildcardResource(action) || ACCOUNT_WIDE.some((each) => each.test(action));
}
