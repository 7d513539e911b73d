import {
  checkSize,
  deny,
  MANAGED_POLICY_CHARACTERS,
  POLICY_NAME,
  PolicyDocument,
  ROLE_INLINE_POLICIES_CHARACTERS,
  ROLE_NAME,
  ROLE_PATH,
  SESSION_NAME,
  SESSION_POLICY_CHARACTERS,
  SESSION_POLICY_CHARACTERS_AT_SYNTH,
  SESSION_TAGS,
  SOURCE_IDENTITY,
  TRUST_POLICY_CHARACTERS,
} from "../../../iam";

test("states the quotas of AWS, and keeps room in session policies", () => {
  expect(SESSION_POLICY_CHARACTERS).toBe(2048);
  expect(SESSION_POLICY_CHARACTERS_AT_SYNTH).toBe(1900);
  expect(ROLE_INLINE_POLICIES_CHARACTERS).toBe(10_240);
  expect(MANAGED_POLICY_CHARACTERS).toBe(6144);
  expect(TRUST_POLICY_CHARACTERS).toBe(2048);
  expect(SESSION_TAGS.maxCount).toBe(50);
});

const document = PolicyDocument.of([deny("*", "*", { StringEquals: { "aws:PrincipalTag/team": "a b" } })]);
const { length } = document.toJson();

test("accepts a document of exactly the limit", () => {
  expect(() => checkSize("session policy", document, length, "split the task")).not.toThrow();
});

test("fails when a document is one character longer, white space included", () => {
  expect(() => checkSize('session policy of task "answer"', document, length - 1, "split the task")).toThrow(
    `session policy of task "answer" must be at most ${length - 1} characters, got ${length}: split the task`,
  );
});

test.each([
  ["role name", ROLE_NAME.pattern, "x".repeat(64)],
  ["root path", ROLE_PATH.pattern, "/"],
  ["path", ROLE_PATH.pattern, `/${"x".repeat(510)}/`],
  ["policy name", POLICY_NAME.pattern, "x".repeat(128)],
  ["session name", SESSION_NAME.pattern, "a@b"],
  ["source identity", SOURCE_IDENTITY.pattern, "support-triage"],
  ["tag key", SESSION_TAGS.key.pattern, "ambit-user"],
  ["SPIFFE ID as tag value", SESSION_TAGS.value.pattern, "spiffe://td/ns/a/sa/b"],
  ["empty tag value", SESSION_TAGS.value.pattern, ""],
] as const)("accepts a %s", (_, pattern, value) => expect(value).toMatch(pattern));

test.each([
  ["role name is too long", ROLE_NAME.pattern, "x".repeat(65)],
  ["role name holds a slash", ROLE_NAME.pattern, "a/b"],
  ["path has no slash at its end", ROLE_PATH.pattern, "/agents"],
  ["path has no slash at its beginning", ROLE_PATH.pattern, "agents/"],
  ["path is too long", ROLE_PATH.pattern, `/${"x".repeat(511)}/`],
  ["policy name is too long", POLICY_NAME.pattern, "x".repeat(129)],
  ["session name is too short", SESSION_NAME.pattern, "a"],
  ["session name is a SPIFFE ID", SESSION_NAME.pattern, "spiffe://td/a"],
  ["source identity is too long", SOURCE_IDENTITY.pattern, "x".repeat(65)],
  ["source identity is reserved", SOURCE_IDENTITY.pattern, "aws:x"],
  ["tag key is empty", SESSION_TAGS.key.pattern, ""],
  ["tag value holds a comma", SESSION_TAGS.value.pattern, "a,b"],
  ["tag value is too long", SESSION_TAGS.value.pattern, "x".repeat(257)],
] as const)("fails when the %s", (_, pattern, value) => expect(value).not.toMatch(pattern));
