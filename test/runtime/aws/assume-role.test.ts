import { createHash } from "node:crypto";
import { assumeRoleInput, type RoleSession } from "../../../runtime/aws/assume-role";

const user = { issuer: "https://login.acme.example", subject: "ada" };
const session: RoleSession = {
  role: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage",
  policy: "{}",
  agent: "support-triage",
  task: "answer",
  user,
  sid: "s-1",
  txn: "t-1",
};
const tagsOf = (of: RoleSession) =>
  Object.fromEntries((assumeRoleInput(of).Tags ?? []).map((tag) => [tag.Key, tag.Value]));

test("asks for 900 seconds as the agent, in the name of the transaction", () => {
  expect(assumeRoleInput(session)).toEqual({
    RoleArn: session.role,
    RoleSessionName: "t-1",
    DurationSeconds: 900,
    Policy: "{}",
    SourceIdentity: "support-triage",
    Tags: [
      { Key: "ambit-agent", Value: "support-triage" },
      { Key: "ambit-task", Value: "answer" },
      { Key: "ambit-session", Value: "s-1" },
      {
        Key: "ambit-user",
        Value: createHash("sha256").update('["https://login.acme.example","ada"]').digest("base64url"),
      },
    ],
  });
});

test("no tag can be handed on to another role", () => {
  expect(assumeRoleInput(session).TransitiveTagKeys).toBeUndefined();
});

test("without a user there is no user tag, so that nothing bound to a user opens", () => {
  expect(tagsOf({ ...session, user: null })).toEqual({
    "ambit-agent": "support-triage",
    "ambit-task": "answer",
    "ambit-session": "s-1",
  });
});

test.each([
  ["the issuer", { ...user, issuer: "https://other.example" }],
  ["the subject", { ...user, subject: "bob" }],
  ["where one ends and the other begins", { issuer: "https://login.acme.examplea", subject: "da" }],
])("users who differ by %s have different tags", (_, other) => {
  expect(tagsOf({ ...session, user: other })["ambit-user"]).not.toBe(tagsOf(session)["ambit-user"]);
});

test.each(['"', "日本", "a,b*?${}", "x".repeat(5_000), ""])(
  "any subject becomes a value that STS takes: %j",
  (subject) => {
    expect(tagsOf({ ...session, user: { ...user, subject } })["ambit-user"]).toMatch(/^[\w-]{43}$/);
  },
);

test.each([
  ["no session name", { txn: "a/b" }, 'STS takes no session name such as "a/b"'],
  ["a session name that is too short", { txn: "a" }, 'STS takes no session name such as "a"'],
  ["no source identity", { agent: "aws:root" }, 'STS takes no source identity such as "aws:root"'],
  ["no tag value", { sid: "a,b" }, 'STS takes no tag ambit-session such as "a,b"'],
  [
    "a tag value that is too long",
    { task: "x".repeat(257) },
    `STS takes no tag ambit-task such as "${"x".repeat(257)}"`,
  ],
])("fails where a name is %s, and changes none in silence", (_, change, message) => {
  expect(() => assumeRoleInput({ ...session, ...change })).toThrow(message);
});
