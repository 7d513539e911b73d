import type { AwsCall } from "../cluster/aws/calls";
import { ARTICLE, ARTICLES, brokeredFor, BUCKET, verdictOf } from "./credentials";

const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "s3:GetObject", Resource: `${ARTICLES}/articles/*` },
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateGreaterThanEquals: { "aws:CurrentTime": "2100-01-01T00:00:00Z" } },
    },
  ],
});
const READ: AwsCall = {
  at: 0,
  userAgent: "",
  host: `${BUCKET}.s3.eu-central-1.amazonaws.com`,
  method: "GET",
  path: `/${ARTICLE}`,
  key: "ASIA1",
  status: 200,
  form: new URLSearchParams(),
  answer: "",
};
const GIVEN: AwsCall = {
  ...READ,
  host: "sts.eu-central-1.amazonaws.com",
  method: "POST",
  path: "/",
  key: "ASIA0",
  form: new URLSearchParams({
    RoleArn: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage",
    RoleSessionName: "txn-1",
    DurationSeconds: "900",
    Policy: POLICY,
  }),
  answer: "<AccessKeyId>ASIA1</AccessKeyId><Expiration>2026-12-01T00:15:00Z</Expiration>",
};

test("an article was read with credentials that STS gave for a run", () => {
  expect(brokeredFor({ arrived: [GIVEN, READ] })).toEqual({
    session: "txn-1",
    key: "ASIA1",
    until: "2026-12-01T00:15:00Z",
    seconds: 900,
    policy: POLICY,
  });
});

test.each<[string, readonly AwsCall[]]>([
  ["no article was read", [GIVEN]],
  ["it was read with another key", [GIVEN, { ...READ, key: "ASIA2" }]],
  ["nothing signed it", [GIVEN, { ...READ, key: undefined }]],
  ["S3 refused it", [GIVEN, { ...READ, status: 403 }]],
  [
    "the key is another role's",
    [{ ...GIVEN, form: new URLSearchParams({ RoleArn: "arn:aws:iam::111122223333:role/x" }) }, READ],
  ],
])("it is refused where %s", (_, arrived) => {
  expect(() => brokeredFor({ arrived: [...arrived] })).toThrow(/^S(?:3 was asked|TS gave no)/);
});

test.each([
  ["s3:GetObject", ARTICLE, "allowed"],
  ["s3:GetObject", "payroll.csv", "denied"],
  ["s3:PutObject", ARTICLE, "denied"],
])("%s of %s is %s", (action, key, verdict) => {
  expect(verdictOf(POLICY, action, `${ARTICLES}/${key}`)).toBe(verdict);
});

test("a session policy is evaluated at this moment", () => {
  const over = POLICY.replace("2100", "2020");
  expect(verdictOf(over, "s3:GetObject", `${ARTICLES}/${ARTICLE}`)).toBe("denied");
});
