import fc from "fast-check";
import { type Change, CHANGE_KINDS, type ChangeSource, type Unknown } from "../../../review/change";
import type {
  AcknowledgedFinding,
  RequiredApproval,
  Combination,
  Horizon,
  PrincipalReview,
  Review,
  Risk,
} from "../../../review/review";
import { ANY_CHARACTER } from "../../support/any-character";

/** What means something to a terminal, to Markdown, to HTML, to SARIF or to GitHub */
export const HOSTILE = [
  "",
  " ",
  "   ",
  "`",
  "``` js",
  "a`b``c```d",
  "a|b",
  "a\\|b",
  "a\\\\|b",
  "\\",
  "\\`",
  "`|`",
  "| --- | --- |",
  "**bold** _it_ ~~no~~",
  "# title",
  "- list",
  "> quote",
  "1. one",
  "---",
  "\n\n# title\n\n- list",
  "\r\n| a | b |",
  "[link](https://evil.example)",
  "![image](https://evil.example/x.png)",
  "<https://evil.example>",
  "https://evil.example/a?b=c",
  "www.evil.example",
  "someone@evil.example",
  "@octocat",
  "@acme/security-team",
  "fixes #1",
  "acme/app#1",
  "GH-1",
  "0123456789abcdef0123456789abcdef01234567",
  ":rocket:",
  "$x^2$ and $`y`$",
  "[^1]",
  "[ref]: https://evil.example",
  "- [x] approved",
  "<script>alert(1)</script>",
  "</script><!--",
  "<img src=x onerror=alert(1)>",
  "<details open>",
  "</details></td></table>",
  "<!-- ambit review -->",
  "-->",
  "&lt;b&gt; &#64;octocat &amp;",
  "\u001b[2J\u001b]0;title\u0007",
  "\u202eturned\u2066",
  "zero\u200bwidth\ufeff\u00ad",
  "line\u2028end\u2029",
  "half \ud800 and \udc00",
  "{0} {1} {{",
  "${aws_s3_bucket.kb.arn}/*",
  "../../etc/passwd",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "//evil.example/x",
  "C:\\windows",
  "__proto__",
  "constructor",
  "日本語 ünïcödé 😀",
] as const;

/** Short texts that mean something, glued to others, and any text at all */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.array(fc.constantFrom(...HOSTILE, "a", "b"), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.string({ unit: ANY_CHARACTER, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("`", "|", "\\", "<", ">", "[", "]", "(", ")", "!", "*", "@", "a", " ", "\n"),
    maxLength: 20,
  }),
  fc
    .tuple(fc.constantFrom("`", "a", "|", "😀", "\u202e"), fc.integer({ min: 1, max: 2_000 }))
    .map(([one, times]) => one.repeat(times)),
);

const anyLine = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom(0, -1, 1.5, 1e300));

const anySource: fc.Arbitrary<ChangeSource> = fc
  .record({ address: anyText, file: anyText, line: anyLine }, { requiredKeys: ["address"] })
  .map(plain);

const anyChange: fc.Arbitrary<Change> = fc
  .record({ kind: fc.constantFrom(...CHANGE_KINDS), what: anyText, witness: anyText, source: anySource })
  .map(plain);

const anyUnknown: fc.Arbitrary<Unknown> = fc.record({ what: anyText, why: anyText, source: anySource }).map(plain);

const anyRisk: fc.Arbitrary<Risk> = fc
  .record({
    score: fc.integer({ min: 0, max: 100 }),
    tier: anyText,
    reasons: fc.array(fc.oneof(fc.constantFrom("high impact", "restricted data"), anyText), { maxLength: 3 }),
  })
  .map(plain);

const anyHorizon: fc.Arbitrary<Horizon> = fc
  .record({
    seconds: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constantFrom(-1, 1.5, 1e300)),
    path: fc.oneof(fc.constantFrom("tools", "aws"), anyText),
    because: anyText,
  })
  .map(plain);

const anyCombination: fc.Arbitrary<Combination> = fc
  .record({
    code: fc.oneof(fc.constantFrom("exfiltration", "self-approval"), anyText),
    what: anyText,
    parts: fc.array(fc.record({ what: anyText, source: anySource }).map(plain), { maxLength: 3 }),
    isNew: fc.boolean(),
  })
  .map(plain);

const anyApproval: fc.Arbitrary<RequiredApproval> = fc
  .record({
    rule: fc.oneof(fc.constant("default"), anyText),
    approvers: fc.array(anyText, { maxLength: 3 }),
    count: fc.integer({ min: 1, max: 20 }),
    reasons: fc.array(anyText, { maxLength: 3 }),
  })
  .map(plain);

const anyAcknowledged: fc.Arbitrary<AcknowledgedFinding> = fc
  .record(
    { principal: anyText, kind: anyText, what: anyText, until: anyText, because: anyText },
    { requiredKeys: ["kind", "what", "until", "because"] },
  )
  .map(plain);

const anyPrincipal: fc.Arbitrary<PrincipalReview> = fc
  .record({
    id: anyText,
    isAgent: fc.boolean(),
    gains: fc.array(anyChange, { maxLength: 4 }),
    losses: fc.array(anyChange, { maxLength: 4 }),
    unknown: fc.array(anyUnknown, { maxLength: 3 }),
    risk: fc.record({ before: anyRisk, after: anyRisk }, { requiredKeys: [] }).map(plain),
    horizon: fc.record({ before: anyHorizon, after: anyHorizon }, { requiredKeys: [] }).map(plain),
    combinations: fc.array(anyCombination, { maxLength: 3 }),
  })
  .map(plain);

export const anyReview: fc.Arbitrary<Review> = fc
  .record({
    agents: fc.uniqueArray(anyPrincipal, { maxLength: 5, selector: ({ id }) => id }),
    undeclared: fc.array(anyChange, { maxLength: 3 }),
    ungranted: fc.array(anyChange, { maxLength: 3 }),
    unknown: fc.array(anyUnknown, { maxLength: 3 }),
    requiresApproval: fc.boolean(),
    approvals: fc.array(anyApproval, { maxLength: 3 }),
    acknowledged: fc.array(anyAcknowledged, { maxLength: 3 }),
  })
  .map(plain);

/** A review, and the same one with everything in another order */
export const twoOrders: fc.Arbitrary<readonly [Review, Review]> = anyReview.map((review) => [review, turned(review)]);

function turned(review: Review): Review {
  return {
    ...review,
    agents: [...review.agents].reverse().map(({ gains, losses, unknown, combinations, ...rest }) => ({
      ...rest,
      gains: [...gains].reverse(),
      losses: [...losses].reverse(),
      unknown: [...unknown].reverse(),
      combinations: [...combinations].reverse(),
    })),
    undeclared: [...review.undeclared].reverse(),
    ungranted: [...review.ungranted].reverse(),
    unknown: [...review.unknown].reverse(),
    approvals: [...review.approvals].reverse(),
    acknowledged: [...review.acknowledged].reverse(),
  };
}

/** As a reader of files makes it, and without the null prototype that fast-check may give */
function plain<T extends object>(value: T): T {
  return { ...value };
}
