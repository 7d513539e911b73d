import { parsePolicy, SESSION_POLICY_CHARACTERS, SESSION_POLICY_CHARACTERS_AT_SYNTH } from "../../../iam";
import { sessionPolicyUntil } from "../../../runtime/aws/session-policy";
import { exampleFleet } from "../../support/exchange/example-fleet";

const END = Date.UTC(2026, 10, 11, 9, 30, 5) / 1000;
const DENY = {
  Effect: "Deny",
  Action: "*",
  Resource: "*",
  Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-11T09:30:05Z" } },
};

const registered = exampleFleet.agentNamed("support-triage")?.tasks.get("answer")?.aws?.sessionPolicy as string;

/** A policy of exactly so many characters */
function ofLength(characters: number): string {
  const policy = (name: string) =>
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${name}/*"}]}`;
  return policy("b".repeat(characters - policy("").length));
}

test("is the registry's text, where the credentials end first", () => {
  expect(sessionPolicyUntil(registered, undefined)).toBe(registered);
});

test("denies everything from the end on, beside all that the registry allows", () => {
  const policy = JSON.parse(sessionPolicyUntil(registered, END)) as { Version: string; Statement: unknown[] };
  const before = JSON.parse(registered) as { Version: string; Statement: unknown[] };
  expect(policy).toEqual({ ...before, Statement: [...before.Statement, DENY] });
});

test("is compact JSON that the policy language reads", () => {
  const policy = sessionPolicyUntil(registered, END);
  expect(policy).toBe(JSON.stringify(JSON.parse(policy)));
  expect(() => parsePolicy(policy)).not.toThrow();
});

test("the longest policy that synth lets through has room for the end", () => {
  const longest = ofLength(SESSION_POLICY_CHARACTERS_AT_SYNTH);
  expect(longest).toHaveLength(1900);
  expect(sessionPolicyUntil(longest, END).length).toBeLessThanOrEqual(SESSION_POLICY_CHARACTERS);
});

test("a policy of exactly what STS takes is sent", () => {
  expect(sessionPolicyUntil(ofLength(2048), undefined)).toHaveLength(2048);
});

test.each([
  ["one character more", 2049, undefined, 2049],
  ["the end makes it so", 1990, END, 1991 + JSON.stringify(DENY).length],
] as const)("fails where the policy is longer than STS takes: %s", (_, characters, end, got) => {
  expect(() => sessionPolicyUntil(ofLength(characters), end)).toThrow(
    expect.objectContaining({
      error: "access_denied",
      reasons: [
        {
          code: "aws.policy-too-large",
          what: `a session policy has at most 2048 characters, got ${got}`,
          fix: "split the task, so that each has less data",
        },
      ],
    }),
  );
});

test.each(["", "[]", `{"Version":"2012-10-17"}`, `{"Statement":{"Effect":"Allow"}}`])(
  "fails where the registry's policy has no statements to which an end could be added: %j",
  (text) => {
    expect(() => sessionPolicyUntil(text, END)).toThrow();
  },
);
