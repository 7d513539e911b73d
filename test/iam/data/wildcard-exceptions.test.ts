import { ACTIONS_WITHOUT_RESOURCE, DATA_ACTIONS, mayUseWildcardResource, WILDCARD_RESOURCES } from "../../../iam";

test("has the kinds and actions that were reviewed, each with a reason", () => {
  expect(Object.keys(WILDCARD_RESOURCES)).toEqual(["boundary", "endpoint", "key-policy"]);
  expect(Object.keys(ACTIONS_WITHOUT_RESOURCE)).toEqual([
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "kms:CreateKey",
    "kms:ListAliases",
    "tag:GetResources",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ]);
  const reasons = [
    ...Object.values(WILDCARD_RESOURCES).map(({ reason }) => reason),
    ...Object.values(ACTIONS_WITHOUT_RESOURCE),
  ];
  for (const reason of reasons) expect(reason.length).toBeGreaterThan(20);
});

test("covers every data action in a boundary", () => {
  for (const action of DATA_ACTIONS) expect(mayUseWildcardResource(action, "boundary")).toBe(true);
});

test.each(["s3:GetObject", "constructor", "toString"])(
  "fails when %s asks for it in a document without kind",
  (action) => expect(mayUseWildcardResource(action)).toBe(false),
);

test.each(["s3:DeleteBucket", "iam:PassRole", "sts:AssumeRole"])("fails when %s asks for it in a boundary", (action) =>
  expect(mayUseWildcardResource(action, "boundary")).toBe(false),
);
