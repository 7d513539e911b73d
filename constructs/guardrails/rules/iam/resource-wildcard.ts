import { mayUseWildcardResource, type Statement, valuesOf } from "../../../../iam";
import { isNarrowedBy, testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";
import { isWide } from "../../wide-patterns";

/** `*`, `arn:aws:s3:::*`, names that begin with a wildcard, and `NotResource`, for actions that AWS gives resources. Tags that a condition asks for name resources too. */
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
      const wide = statement.NotResource === undefined ? valuesOf(statement.Resource).filter(isWide) : ["NotResource"];
      if (wide.length === 0) continue;
      const actions = valuesOf(statement.Action);
      if (actions.length > 0 && actions.every(hasNoResource)) continue;
      if (isOfTag(statement)) continue;
      for (const pattern of wide) yield { what: `Resource::${pattern}`, at: `${at}.Resource`, evidence };
    }
  },
};

/**
 * Tags that resources have, or that a request gives to what it makes. A request that tags takes any resource: it must be bound to the keys
 * that it may write.
 */
function isOfTag(statement: Statement): boolean {
  if (isNarrowedBy(statement, /^aws:ResourceTag\//i, ANY_TAG)) return true;
  const tags = valuesOf(statement.Action).some((action) => /^[^:]*:(?:\*|(?:Create|Add|Put|Set)?Tag)/i.test(action));
  return (!tags || areKeysNamed(statement)) && isNarrowedBy(statement, /^aws:RequestTag\//i, ANY_TAG);
}

function areKeysNamed({ Condition }: Statement): boolean {
  return testsOf(Condition, /^aws:TagKeys$/i).some(
    ({ operator, values }) => operator === "ForAllValues:StringEquals" && values.length > 0,
  );
}

/** A value that begins with a wildcard, or that the request itself gives */
const ANY_TAG = /^[*?]|^$|\$\{aws:RequestTag\//i;

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
