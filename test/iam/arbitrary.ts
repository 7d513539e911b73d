import fc from "fast-check";
import type { Condition, Statement } from "../../iam";

const some = (values: readonly string[]) =>
  fc.oneof(fc.constantFrom(...values), fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 4 }));

const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "kms:Decrypt"];
const RESOURCES = [
  "arn:aws:s3:::a/p/*",
  "arn:aws:s3:::b/${aws:PrincipalTag/u}/*",
  "arn:aws:s3:::c/k",
  "${aws_s3_bucket.d.arn}/p/*",
];

const condition: fc.Arbitrary<Condition> = fc.dictionary(
  fc.constantFrom("StringEquals", "StringLike", "ForAllValues:StringEquals"),
  fc.dictionary(fc.constantFrom("aws:SourceVpc", "s3:prefix"), some(["x", "y", "a b", "${aws:userid}"]), {
    minKeys: 1,
  }),
  { minKeys: 1 },
);

/** An Allow that a document accepts, from few enough values that some differ in one set only. */
export const allowed: fc.Arbitrary<Statement> = fc.record(
  { Effect: fc.constant("Allow" as const), Action: some(ACTIONS), Resource: some(RESOURCES), Condition: condition },
  { requiredKeys: ["Effect", "Action", "Resource"] },
);

/** A Deny that a document accepts. */
export const denied: fc.Arbitrary<Statement> = fc.record({
  Effect: fc.constant("Deny" as const),
  Action: some(["*", "s3:*", "s3:DeleteObject"]),
  Resource: some(["*", "arn:aws:s3:::a/*"]),
});

export const statements = fc.array(fc.oneof({ weight: 4, arbitrary: allowed }, { weight: 1, arbitrary: denied }), {
  minLength: 1,
  maxLength: 8,
});

/** Text made mostly of what templates are made of. */
export const templateText = fc
  .array(
    fc.constantFrom(
      "$",
      "%",
      "{",
      "}",
      "*",
      "?",
      "'",
      "${",
      "%{",
      "${aws:userid}",
      "${aws_vpc.x.id}",
      "${TfToken[T.1]}",
      "aws:",
      "s3:",
      "a",
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
