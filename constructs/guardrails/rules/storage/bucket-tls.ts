import { type Statement, valuesOf } from "../../../../iam";
import { alwaysAttachedTo } from "../../attached";
import type { Block } from "../../block";
import { matches } from "../../grants";
import { readablePoliciesOf, unreadablePartsOf } from "../../policies";
import type { BlockRule } from "../../rule";

/** A Deny for everyone, on all actions, of the bucket and all of its objects, where `aws:SecureTransport` is false and on no other condition. A policy that cannot be read is another finding. */
export const bucketTls: BlockRule = {
  id: "AMBIT-STORAGE-BUCKET-TLS",
  severity: "medium",
  what: "each bucket must refuse requests without TLS",
  why: "someone on the way reads objects, and the signatures of requests",
  fix: "add a bucket policy that denies s3:* on the bucket and its objects where aws:SecureTransport is false",
  standards: ["sp800-207/2", "sp800-53/SC-8"],
  looksAt: ["aws_s3_bucket"],
  *check(block, stack) {
    const holders = [block, ...alwaysAttachedTo(block, stack, "aws_s3_bucket_policy", "bucket")];
    const denied = holders
      .flatMap((each) => readablePoliciesOf(each, stack).flatMap(({ statements }) => statements))
      .filter(refusesPlain)
      .flatMap(({ Resource }) => valuesOf(Resource).map((pattern) => namedIn(pattern, block)));
    const bucket = `arn:aws:s3:::${nameOf(block)}`;
    if ([bucket, `${bucket}/-any-`].every((arn) => denied.some((pattern) => matches(pattern, arn)))) return;
    // A whole policy, or documents that are joined, may hold it.
    const unread = holders.flatMap((each) => unreadablePartsOf(each, stack));
    if (unread.some(({ at }) => !/statement\[/i.test(at))) return;
    yield { what: "aws:SecureTransport", at: "", evidence: block.body["bucket"] ?? null };
  },
};

function refusesPlain({ Effect, Principal, Action, Condition = {} }: Statement): boolean {
  const everyone = Principal === "*" || valuesOf(Principal?.["AWS"] ?? []).includes("*");
  const every = valuesOf(Action).some((action) => action === "*" || action.toLowerCase() === "s3:*");
  const tests = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ test: `${operator} ${key}`, values: valuesOf(values) })),
  );
  // All tests of a statement must hold: a second one lets requests through.
  const plain = tests.length === 1 && /^Bool(?:IfExists)? aws:SecureTransport$/i.test(tests[0]?.test ?? "");
  return Effect === "Deny" && everyone && every && plain && tests[0]?.values.includes("false") === true;
}

/** As it is written: one that is made at apply is known by its address. */
function nameOf({ address, body: { bucket } }: Block): string {
  return typeof bucket === "string" ? bucket : address;
}

/** With the bucket's name where the pattern refers to the bucket, and of the one partition */
function namedIn(pattern: string, bucket: Block): string {
  const own = new RegExp(`\\$\\{${bucket.address.replace(".", "\\.")}(?:\\[[^\\]]*\\])?\\.(arn|bucket|id)\\}`, "g");
  return pattern
    .replace(own, (_, attribute: string) => (attribute === "arn" ? "arn:aws:s3:::" : "") + nameOf(bucket))
    .replace(/^arn:[^:]*:s3:::/, "arn:aws:s3:::");
}
