import { type Statement, valuesOf } from "../../../../iam";
import { alwaysAttachedTo } from "../../attached";
import { testsOf } from "../../conditions";
import { readablePoliciesOf } from "../../policies";
import type { BlockRule } from "../../rule";

/** A Deny for everyone, on all actions, where `aws:SecureTransport` is false. A policy that cannot be read is another finding. */
export const bucketTls: BlockRule = {
  id: "AMBIT-STORAGE-BUCKET-TLS",
  severity: "medium",
  what: "each bucket must refuse requests without TLS",
  why: "someone on the way reads objects, and the signatures of requests",
  fix: "add a bucket policy that denies s3:* where aws:SecureTransport is false",
  standards: ["sp800-207/2", "sp800-53/SC-8"],
  looksAt: ["aws_s3_bucket"],
  *check(block, stack) {
    const holders = [block, ...alwaysAttachedTo(block, stack, "aws_s3_bucket_policy", "bucket")];
    const statements = holders.flatMap((each) =>
      readablePoliciesOf(each, stack).flatMap((policy) => policy.statements),
    );
    const unreadable = holders.length > 1 && statements.length === 0;
    if (unreadable || statements.some(refusesPlain)) return;
    yield { what: "aws:SecureTransport", at: "", evidence: block.body["bucket"] ?? null };
  },
};

function refusesPlain({ Effect, Principal, Action, Condition }: Statement): boolean {
  const everyone = Principal === "*" || valuesOf(Principal?.["AWS"] ?? []).includes("*");
  const every = valuesOf(Action).some((action) => action === "*" || action === "s3:*");
  const plain = testsOf(Condition, /^aws:SecureTransport$/i).some(
    ({ operator, values }) => /^Bool(?:IfExists)?$/.test(operator) && values.includes("false"),
  );
  return Effect === "Deny" && everyone && every && plain;
}
