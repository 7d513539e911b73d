import { isArnOfAmbitBoundary, isBoundaryName } from "../../../constructs/guardrails/private/named-boundaries";

test.each([
  "app-boundary",
  "boundary",
  "boundary-app",
  "permissions-boundary-app",
  "PermissionsBoundaryApp",
  "DeveloperBoundary",
  "prod.agent-boundary",
  "app-boundary-",
  "app-boundary-2026113015000000000000000a",
])("%s is the name of a boundary", (name) => {
  expect(isBoundaryName(name)).toBe(true);
});

test.each(["", "app", "agent-boundary-report", "app-boundaries", "w2", "app-2026113015000000000000000a"])(
  "%j is no name of a boundary",
  (name) => {
    expect(isBoundaryName(name)).toBe(false);
  },
);

const NAMED = "policy/ambit/platform/prod.agent-boundary";

test.each([
  `arn:aws:iam::111122223333:${NAMED}`,
  `arn:aws-cn:iam::111122223333:${NAMED}`,
  `arn:\${data.aws_partition.current.partition}:iam::\${data.aws_caller_identity.current.account_id}:${NAMED}`,
])("%s is the agents' boundary", (arn) => {
  expect(isArnOfAmbitBoundary(arn)).toBe(true);
});

test.each([
  NAMED,
  `arn:aws:iam::aws:${NAMED}`,
  `arn:aws:iam::\${var.account}:${NAMED}`,
  `x arn:aws:iam::111122223333:${NAMED}`,
  "arn:aws:iam::111122223333:policy/ambit/platform/x/prod.agent-boundary",
  "arn:aws:iam::111122223333:policy/prod.agent-boundary",
  "arn:aws:iam::111122223333:policy/ambit/platform/${var.name}.agent-boundary",
  "arn:aws:iam::111122223333:policy/ambit/platform/prod.agent-boundary-2",
])("%s may be another policy", (arn) => {
  expect(isArnOfAmbitBoundary(arn)).toBe(false);
});
