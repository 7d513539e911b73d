import { judgeStack } from "../../../constructs/guardrails/judge";
import { TAKING } from "../../../constructs/guardrails/private/escalating-actions";
import { isBlockRule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { allow, type Statement } from "../../../iam";
import { CLOCK } from "../../support/synth";

const blockRules = RULES.filter(isBlockRule);
const standardsOf = (id: string): readonly string[] => blockRules.find((rule) => rule.id === id)?.standards ?? [];

function refusedIn(resource: BlockBody): readonly { readonly id: string; readonly standards: readonly string[] }[] {
  const { refused } = judgeStack(StackJson.of("test", { resource }), { rules: blockRules, now: CLOCK.now() });
  return refused.map(({ rule }) => rule);
}

const policy = (...Statement: readonly Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const identity = (statement: Statement): BlockBody => ({
  aws_iam_policy: { p: { name: "p", policy: policy(statement) } },
});

const WHOLE: readonly (readonly [string, Statement])[] = [
  ["all actions", allow("*", "*")],
  ["all actions but those of one service", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }],
  ...Object.keys(TAKING).map((service) => [`${service}:*`, allow(`${service}:*`, "*")] as const),
];

describe.each(WHOLE)("%s", (_, statement) => {
  const found = refusedIn(identity(statement));

  test("is refused by another rule for each standard that the taking of rights counts for", () => {
    expect(found.map(({ id }) => id)).not.toContain("AMBIT-IAM-TAKEOVER");
    expect(found.flatMap(({ standards }) => standards)).toEqual(
      expect.arrayContaining([...standardsOf("AMBIT-IAM-TAKEOVER"), ...standardsOf("AMBIT-IAM-BOUNDARY-REMOVAL")]),
    );
  });
});

test("all actions are refused with the standards of what ends the record and of what shares data", () => {
  const standards = refusedIn(identity(allow("*", "*"))).flatMap((rule) => rule.standards);
  for (const id of ["AMBIT-IAM-OVERSIGHT", "AMBIT-IAM-SHARE"])
    expect(standards).toEqual(expect.arrayContaining([...standardsOf(id)]));
});

test("a role whose boundary bounds nothing is refused at the boundary alone, for the same standards", () => {
  const assume_role_policy = policy({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: "lambda.amazonaws.com" },
  });
  const permissions_boundary = "${aws_iam_policy.b.arn}";
  const names = ["r1", "r2", "r3"];
  const roles = names.map((name) => [name, { name, permissions_boundary, assume_role_policy }] as const);
  const found = refusedIn({
    aws_iam_policy: { b: { name: "app-boundary", policy: policy(allow("*", "*")) } },
    aws_iam_role: Object.fromEntries(roles),
  }).filter(({ id }) => id.startsWith("AMBIT-IAM"));
  expect(found.map(({ id }) => id)).toEqual(["AMBIT-IAM-BOUNDARY-ESCAPE"]);
  expect(found[0]?.standards).toEqual(expect.arrayContaining([...standardsOf("AMBIT-IAM-BOUNDARY-MISSING")]));
});
