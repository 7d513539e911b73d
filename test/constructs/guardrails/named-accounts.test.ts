import { judgeStack } from "../../../constructs/guardrails/judge";
import { isBlockRule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import { CLOCK } from "../../support/synth";

const ACCOUNTS = ["444455556666", "777788889999"];

function evidenceOf(id: string, json: Parameters<typeof StackJson.of>[1]): string {
  const rules = RULES.filter(isBlockRule).filter((rule) => rule.id === id);
  const { refused } = judgeStack(StackJson.of("test", json), { rules, now: CLOCK.now() });
  expect(refused.map((each) => each.what)).toEqual(["undecided::allowed_account_ids"]);
  return JSON.stringify(refused.map(({ evidence }) => evidence));
}

test("each account that a role trusts is told where the own one is not written, in one finding", () => {
  const Principal = { AWS: ACCOUNTS.map((account) => `arn:aws:iam::${account}:role/reader`) };
  const Statement = [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const one = (trust: string) => ({ resource: { aws_iam_role: { r: { name: "r", assume_role_policy: trust } } } });
  const both = evidenceOf("AMBIT-TRUST-EXTERNAL-ID", one(policy));
  const first = evidenceOf("AMBIT-TRUST-EXTERNAL-ID", one(policy.replace(`,"${Principal.AWS[1]}"`, "")));
  // A value that is known at apply only is told by a digest.
  expect(both.match(/the own account is not written/g)).toHaveLength(2);
  expect(first.match(/the own account is not written/g)).toHaveLength(1);
});
