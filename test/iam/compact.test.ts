import fc from "fast-check";
import { allow, compact, deny, type OneOrMany, PolicyDocument, type Statement } from "../../iam";
import { statements } from "./arbitrary";
import { depth } from "../support/depth";

const list = (values: OneOrMany | undefined): readonly string[] =>
  values === undefined ? [] : typeof values === "string" ? [values] : values;

/** Every effect, action, resource and condition that the statements name together, as text. */
function triples(given: readonly Statement[]): ReadonlySet<string> {
  const sortedCondition = ({ Condition }: Statement): string =>
    JSON.stringify(
      Object.entries(Condition ?? {})
        .map(([operator, tests]) => [
          operator,
          Object.entries(tests)
            .map(([key, values]) => [key, [...new Set(list(values))].sort()])
            .sort(),
        ])
        .sort(),
    );
  return new Set(
    given.flatMap((each) =>
      list(each.Action).flatMap((action) =>
        list(each.Resource).map((resource) => [each.Effect, action, resource, sortedCondition(each)].join("\n")),
      ),
    ),
  );
}

test("grants neither more nor less than before", () => {
  fc.assert(
    fc.property(statements, (given) => expect(triples(compact(given))).toEqual(triples(given))),
    {
      numRuns: depth(500),
    },
  );
});

test("never makes a policy longer, and finds no more to do in its own result", () => {
  fc.assert(
    fc.property(statements, (given) => {
      const result = compact(given);
      expect(PolicyDocument.of(result).size).toBeLessThanOrEqual(PolicyDocument.of(given).size);
      expect(compact(result)).toEqual(result);
    }),
  );
});

test("does not depend on the order of the statements", () => {
  fc.assert(fc.property(statements, (given) => expect(compact([...given].reverse())).toEqual(compact(given))));
});

test("joins the actions of one resource, then the resources of the same actions", () => {
  const result = compact([
    allow("s3:GetObject", "arn:aws:s3:::a/k"),
    allow("s3:GetObject", "arn:aws:s3:::b/k"),
    allow("s3:PutObject", "arn:aws:s3:::a/k"),
    allow("s3:PutObject", "arn:aws:s3:::b/k"),
  ]);
  expect(result).toEqual([allow(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::a/k", "arn:aws:s3:::b/k"])]);
});

test("keeps apart what differs in action and resource", () => {
  const given = [allow("s3:GetObject", "arn:aws:s3:::a/k"), allow("s3:PutObject", "arn:aws:s3:::b/k")];
  expect(compact(given)).toEqual(given);
});

test("keeps apart what differs in condition or principal", () => {
  const read = allow("s3:GetObject", "arn:aws:s3:::a/k");
  const vpc = allow("s3:PutObject", "arn:aws:s3:::a/k", { StringEquals: { "aws:SourceVpc": "vpc-1" } });
  const other: Statement = {
    ...allow("s3:DeleteObject", "arn:aws:s3:::a/k"),
    Principal: { AWS: "arn:aws:iam::1:root" },
  };
  expect(compact([read, vpc, other])).toHaveLength(3);
});

test("keeps a Deny and a statement with a Sid as they stand", () => {
  const given: Statement[] = [
    deny("s3:GetObject", "*"),
    deny("s3:PutObject", "*"),
    allow("s3:GetObject", "arn:aws:s3:::a/k"),
    { Sid: "Write", ...allow("s3:PutObject", "arn:aws:s3:::a/k") },
  ];
  expect(compact(given)).toHaveLength(4);
});

test("keeps a trust statement beside a grant of the same action", () => {
  const trust: Statement = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::1:root" }, Action: "kms:Decrypt" };
  const grant: Statement = { ...trust, Resource: "arn:aws:kms:r:1:key/k" };
  expect(compact([trust, grant])).toHaveLength(2);
});

test("keeps an exclusion whole", () => {
  const given: Statement[] = [
    { Effect: "Allow", NotAction: "s3:GetObject", Resource: "arn:aws:s3:::a/k" },
    { Effect: "Allow", NotAction: "s3:PutObject", Resource: "arn:aws:s3:::a/k" },
  ];
  expect(compact(given)).toEqual(given);
});
