import { gainsOf, OTHER_ACCOUNT, policy, rights, role, roleArn, type Statement } from "./small-estate";

/** What a bucket's policy newly grants, and whether it is the agent's */
type Row = readonly [principal: string, grant: Statement, isAgents: boolean];

const GET = { Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" };
const SESSION = "arn:aws:sts::111122223333:assumed-role/bot/run";
const grant = (principal: unknown, condition?: object): Statement => ({
  ...GET,
  Principal: principal,
  ...(condition !== undefined && { Condition: condition }),
});

const world = (
  granted: readonly Statement[],
  more: { boundary?: string; own?: readonly Statement[]; path?: string } = {},
) => ({
  agents: ["bot"],
  resources: {
    aws_iam_role: {
      bot: {
        ...role("bot"),
        ...(more.boundary !== undefined && { permissions_boundary: "${aws_iam_policy.limit.arn}" }),
      },
    },
    ...(more.own !== undefined && { aws_iam_role_policy: { bot: rights("bot", ...more.own) } }),
    ...(more.boundary !== undefined && { aws_iam_policy: { limit: { name: "limit", policy: more.boundary } } }),
    aws_s3_bucket_policy: {
      data: {
        bucket: "data",
        policy: policy({ ...GET, Principal: { AWS: "arn:aws:iam::999988887777:role/x" } }, ...granted),
      },
    },
  },
});

const ROWS: readonly Row[] = [
  ["its role", grant({ AWS: roleArn("bot") }), true],
  ["its role among others", grant({ AWS: [roleArn("other"), roleArn("bot")] }), true],
  ["one of its sessions", grant({ AWS: SESSION }), true],
  ["every principal", grant("*"), true],
  ["every principal of AWS", grant({ AWS: "*" }), true],
  [
    "every principal of its account, by a condition",
    grant("*", { StringEquals: { "aws:PrincipalAccount": "111122223333" } }),
    true,
  ],
  ["every principal with its role", grant("*", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/b*" } }), true],
  ["every principal but another role", { ...GET, NotPrincipal: { AWS: roleArn("other") } }, true],
  ["its account, which its own policies grant nothing from", grant({ AWS: "arn:aws:iam::111122223333:root" }), false],
  ["the number of its account", grant({ AWS: "111122223333" }), false],
  ["another role", grant({ AWS: roleArn("other") }), false],
  ["a role of its name in another account", grant({ AWS: roleArn("bot", OTHER_ACCOUNT) }), false],
  ["a session of another role", grant({ AWS: "arn:aws:sts::111122223333:assumed-role/other/run" }), false],
  ["a session of its name in another account", grant({ AWS: "arn:aws:sts::444455556666:assumed-role/bot/run" }), false],
  ["a user", grant({ AWS: "arn:aws:iam::111122223333:user/bot" }), false],
  ["a service", grant({ Service: "lambda.amazonaws.com" }), false],
  ["an identity provider", grant({ Federated: "arn:aws:iam::111122223333:oidc-provider/issuer.example" }), false],
  [
    "a canonical user",
    grant({ CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" }),
    false,
  ],
  [
    "every principal of another account",
    grant("*", { StringEquals: { "aws:PrincipalAccount": OTHER_ACCOUNT } }),
    false,
  ],
  ["every principal with another role", grant("*", { ArnEquals: { "aws:PrincipalArn": roleArn("other") } }), false],
  ["services of AWS", grant("*", { Bool: { "aws:PrincipalIsAWSService": "true" } }), false],
  ["every principal but its role", { ...GET, NotPrincipal: { AWS: roleArn("bot") } }, false],
];

test.each([
  ["a session of an unknown role", "arn:aws:sts::111122223333:assumed-role/${var.role}/run", true],
  ["a session of a role with its prefix", "arn:aws:sts::111122223333:assumed-role/b${var.role}/run", true],
  ["a session of a role with another prefix", "arn:aws:sts::111122223333:assumed-role/x${var.role}/run", false],
])("what a bucket grants to %s may be its own", (_, named, mayBe) => {
  const [shown, ...unknown] = gainsOf(world([]), world([grant({ AWS: named })]), "bot");
  expect(shown ?? "").toMatch(mayBe ? /^action: s3:GetObject on arn:aws:s3:::data\/\* \(its role by/ : /^$/);
  expect(unknown).toEqual(mayBe ? ["unknown: s3:GetObject on arn:aws:s3:::data/*"] : []);
});

test.each(ROWS)("what a bucket grants to %s", (_, granted, isAgents) => {
  const gains = gainsOf(world([]), world([granted]), "bot");
  expect(gains).toEqual(
    isAgents ? [expect.stringMatching(/^action: s3:GetObject on arn:aws:s3:::data\/\* \(its role by/)] : [],
  );
});

test("a boundary limits what is granted to the role, and not what is granted to a session", () => {
  const boundary = policy({ Action: "sqs:*", Resource: "*" });
  const gains = (granted: Statement) => gainsOf(world([], { boundary }), world([granted], { boundary }), "bot");
  expect(gains(grant({ AWS: roleArn("bot") }))).toEqual([]);
  expect(gains(grant({ AWS: SESSION }))).toEqual([expect.stringContaining("in one session")]);
});

test("a Deny of the boundary holds in a session too", () => {
  const boundary = policy({ Effect: "Deny", Action: "s3:*", Resource: "*" });
  expect(gainsOf(world([], { boundary }), world([grant({ AWS: SESSION })], { boundary }), "bot")).toEqual([]);
});

test("a Deny of the role that is dropped opens what resources grant", () => {
  const own = [{ Effect: "Deny" as const, Action: "s3:*", Resource: "*" }];
  const granted = [grant({ AWS: roleArn("bot") })];
  expect(gainsOf(world(granted, { own }), world(granted), "bot")).toEqual([
    expect.stringMatching(/^action: s3:GetObject on .* \(its role by policies of resources\)/),
  ]);
});

test("a Deny that lets in one more role is a gain of that role alone", () => {
  const deny = (...roles: readonly string[]): Statement => ({
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: "arn:aws:s3:::data/*",
    Condition: { ArnNotEquals: { "aws:PrincipalArn": roles.map((name) => roleArn(name)) } },
  });
  const own = [GET];
  const gains = (...roles: readonly string[]) =>
    gainsOf(world([deny("other")], { own }), world([deny("other", ...roles)], { own }), "bot");
  expect(gains("third")).toEqual([]);
  expect(gains("bot")).toContainEqual(expect.stringMatching(/^action: s3:GetObject/));
});
