import { anyRolesOf, isWide } from "../../../constructs/guardrails/wide-patterns";

const WIDE = [
  "*",
  "*a*",
  "a*",
  "ar?:aws:s3:::acme-logs",
  "arn:*",
  "arn:aws:*",
  "arn:aws:*:*:*:acme",
  "arn:aws:apigateway:*::/restapis/*",
  "arn:aws:bedrock:*::foundation-model/*",
  "arn:aws:dynamodb:*:*:*/*",
  "arn:aws:dynamodb:*:*:tab*",
  "arn:aws:dynamodb:*:*:table/*",
  "arn:aws:dynamodb:*:*:table/*/index/orders",
  "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*",
  "arn:aws:execute-api:*:*:*/prod/GET/orders",
  "arn:aws:iam::*:role/*",
  "arn:aws:iam::111122223333:role/*Admin*",
  "arn:aws:iam::111122223333:role/?dmin",
  "arn:aws:logs:*:*:log-group:*:log-stream:agent",
  "arn:aws:s3:::*",
  "arn:aws:s3:::*-logs",
  "arn:aws:s3:::*/public/*",
  "arn:aws:s3:::a*",
  "arn:aws:s?:::acme-logs",
  "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*",
  "arn:aws:secretsmanager:eu-central-1:111122223333:secret:??*",
  "arn:aws:sqs:*:*:*",
  "arn:aws:states:*:*:stateMachine:*",
];

const NAMED = [
  "${aws_s3_bucket.logs.arn}/*",
  '${aws_s3_bucket.logs["a:b"].arn}*',
  "arn:*:s3:::acme-logs/*",
  "arn:aws:apigateway:*::/restapis/a1b2c3/*",
  "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/acme-workers",
  "arn:aws:bedrock:*::foundation-model/anthropic.*",
  "arn:aws:dynamodb:*:*:table/orders",
  "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/acme/*",
  "arn:aws:iam::*:role/app/*",
  "arn:aws:logs:*:*:log-group:/aws/lambda/*",
  "arn:aws:s3:::${aws_s3_bucket.logs.id}*",
  "arn:aws:s3:::acme-*",
  "arn:aws:s3:::acme/${aws:PrincipalTag/team}/*",
  "arn:aws:secretsmanager:*:*:secret:acme/*",
  "arn:aws:sqs:*:*:acme-*",
  "arn:aws:ssm:*:*:parameter/acme/*",
];

test.each(WIDE)("%s names no resource", (pattern) => expect(isWide(pattern)).toBe(true));

test.each(NAMED)("%s names resources", (pattern) => expect(isWide(pattern)).toBe(false));

test("roles are meant by wide patterns of IAM, of any service, and by all but some resources", () => {
  const patterns = ["arn:aws:iam::111122223333:role/*", "*", "arn:*", "arn:aws:s3:::*", "arn:aws:iam::*:role/app/*"];
  expect(anyRolesOf({ Effect: "Allow", Resource: patterns })).toEqual(patterns.slice(0, 3));
  expect(anyRolesOf({ Effect: "Allow", NotResource: "arn:aws:s3:::a" })).toEqual(["NotResource"]);
  expect(anyRolesOf({ Effect: "Allow" })).toEqual([]);
});
