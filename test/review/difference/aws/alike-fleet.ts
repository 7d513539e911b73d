import fc from "fast-check";
import { ACCOUNT, policy, rights, role, roleArn, type SmallEstate, type Statement } from "../../aws/small-estate";

/** Names that begin like one another, that ARNs, examples and policies are written with, or that mean something there */
const NAMES =
  "root role session any any-other user sts iam arn aws aws-cn assumed-role true false null s3 secret secretsmanager " +
  "table data team orders order worker worker-1 worker-10 worker-1-x work w x y xy xx xyz key key-xyzxyz 10 2026-11-26 " +
  "fe80 eu-central-1 amazonaws com var bucket prefix unused-22 111122223333";

const REGIONAL = `eu-central-1:${ACCOUNT}`;
const SECRET = `arn:aws:secretsmanager:${REGIONAL}:secret`;
const TABLE = `arn:aws:dynamodb:${REGIONAL}:table`;

/**
 * A name as a whole word, where policies of a fleet have it: `@self` is the policy's owner, `@other` is the next, `@0` is
 * the first, for every owner.
 */
const PLAIN_RESOURCES = [
  "*",
  "arn:aws:s3:::data/*",
  "arn:aws:s3:::data/@self/*",
  "arn:aws:s3:::data/@0/*",
  "arn:aws:s3:::data/*/@self",
  "arn:aws:s3:::data/?/@self",
  "arn:aws:s3:::@self/*",
  "arn:aws:s3:::data/${aws:PrincipalTag/team}/@self",
  "arn:aws:s3:::data/${aws:PrincipalTag/@self}/*",
  "${aws_s3_bucket.@self.arn}/*",
  "${aws_s3_bucket.data.arn}/@self/*",
  `${SECRET}:@self/key-??????`,
  `${SECRET}:key-??????`,
  `${TABLE}/@self`,
  "${aws_kms_key.data.arn}",
  roleArn("@self"),
];
const ODD_RESOURCES = [
  "arn:aws:s3:::data/@other/*",
  "arn:aws:s3:::data/wor*",
  "arn:aws:s3:::data/*r/*",
  "arn:aws:s3:::data/work?r",
  "arn:aws:s3:::data/@self*",
  "arn:aws:s3:::data/@self-*",
  "arn:aws:s3:::data/*@self/x",
  "arn:aws:s3:::data/?@self",
  "arn:aws:s3:::data-@self/*",
  "arn:aws:s3:::data/${${@self}}",
  "arn:aws:s3:::data/${/@self",
  "arn:aws:s3:::data/${*}/@self",
  "arn:aws:s3:::data/${aws:PrincipalTag/team}@self",
  `${SECRET}:@self-??????`,
  `${SECRET}:w-??????`,
  roleArn("@other"),
  roleArn("*"),
];

type Tests = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
const PLAIN_CONDITIONS: readonly Tests[] = [
  { StringEquals: { "aws:SourceIdentity": "@self" } },
  { StringNotEquals: { "aws:SourceIdentity": "@self" } },
  { StringNotEquals: { "aws:SourceIdentity": ["@0", "session"] } },
  { StringLike: { "s3:prefix": ["@self/*", "any/*"] } },
  { StringNotLikeIfExists: { "aws:PrincipalTag/team": ["@self", "*/x"] } },
  { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "@self" }, Null: { "dynamodb:LeadingKeys": "false" } },
  { ArnLike: { "aws:PrincipalArn": roleArn("@self") } },
  { ArnNotEquals: { "aws:PrincipalArn": [`arn:aws:sts::${ACCOUNT}:assumed-role/@self/*`, roleArn("any")] } },
  { StringEquals: { "aws:PrincipalTag/team": "${aws:PrincipalTag/@self}" } },
  { Bool: { "aws:SecureTransport": "true" } },
  { NumericLessThan: { "aws:MultiFactorAuthAge": "15" } },
];
const ODD_CONDITIONS: readonly Tests[] = [
  { StringEquals: { "aws:SourceIdentity": "@other" } },
  { StringEquals: { "aws:SourceIdentity": "@self" }, StringNotEqualsIgnoreCase: { "aws:SourceIdentity": "WORKER-1" } },
  { StringEquals: { "aws:ResourceTag/@self": "x" } },
  { StringLike: { "aws:SourceIdentity": ["@self-*", "wor*"] } },
  { StringEqualsIgnoreCase: { "aws:SourceIdentity": "@self" } },
  { StringNotEqualsIgnoreCase: { "aws:SourceIdentity": ["worker-1", "ORDERS"] } },
  { NumericGreaterThan: { "aws:SourceIdentity": "9" } },
  { Bool: { "aws:SourceIdentity": "true" } },
  { IpAddress: { "aws:SourceIdentity": "fe80::/16" } },
  { DateLessThan: { "aws:SourceIdentity": "2026-12-01" } },
];

/** Of the policies of resources, which name agents by their place in the fleet */
const PRINCIPALS = [
  "*",
  { AWS: ACCOUNT },
  { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  { AWS: roleArn("@0") },
  { AWS: [roleArn("@0"), roleArn("@1")] },
  { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/@0/session` },
  { AWS: `arn:aws:iam::${ACCOUNT}:user/@1` },
  { AWS: roleArn("any") },
  { AWS: "${aws_iam_role.r0.arn}" },
  { Service: "lambda.amazonaws.com" },
];

const ACTIONS = "s3:GetObject s3:Get* s3:PutObject dynamodb:GetItem secretsmanager:GetSecretValue kms:Decrypt".split(
  " ",
);
const STRONG = ["*", "sts:AssumeRole", "iam:PutRolePolicy", "s3:@self"];

/** What most fleets have, or now and then what keeps policies from being alike */
function mostly<One>(usual: fc.Arbitrary<One>, odd: fc.Arbitrary<One>, weight = 12): fc.Arbitrary<One> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const resource = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("*", "arn:aws:s3:::data/*", "arn:aws:s3:::data/@self/*") },
  { weight: 16, arbitrary: fc.constantFrom(...PLAIN_RESOURCES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_RESOURCES) },
);
const condition = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Tests>({}) },
  { weight: 8, arbitrary: fc.constantFrom(...PLAIN_CONDITIONS) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_CONDITIONS) },
);
const effect = fc.constantFrom<"Allow" | "Deny">("Allow", "Allow", "Allow", "Allow", "Deny");
const action = mostly(
  fc.subarray(ACTIONS, { minLength: 1, maxLength: 3 }).map((names): object => ({ Action: names })),
  fc.oneof(
    fc.constantFrom(...STRONG).map((name): object => ({ Action: name })),
    fc.constant<object>({ NotAction: ["iam:*", "s3:PutObject"] }),
  ),
  5,
);
const resources = fc.array(resource, { minLength: 1, maxLength: 3 });
const identity = fc
  .tuple(effect, action, fc.constantFrom("Resource", "Resource", "Resource", "NotResource"), resources, condition)
  .map(([Effect, what, key, on, when]) => written({ Effect, ...what, [key]: on }, when));
const ofResource = fc
  .tuple(
    fc.constantFrom<"Allow" | "Deny">("Allow", "Deny"),
    fc.constantFrom("s3:*", "s3:GetObject", ["s3:Get*", "kms:Decrypt"]),
    fc.constantFrom("Principal", "Principal", "NotPrincipal"),
    fc.constantFrom(...PRINCIPALS),
    fc.constantFrom("arn:aws:s3:::data/*", "arn:aws:s3:::data/*", "arn:aws:s3:::data/@0/*", "*"),
    fc.oneof(fc.constant<Tests>({}), condition),
  )
  .map(([Effect, Action, key, who, on, when]) => written({ Effect, Action, [key]: who, Resource: on }, when));

function written(statement: Statement, when: Tests): Statement {
  return Object.keys(when).length === 0 ? statement : { ...statement, Condition: when };
}

type State = "base" | "head";

/** Statements of a policy, each with where it stands: what is added widens, or is a Deny and narrows. */
type Policy = readonly { readonly statement: Statement; readonly in: State | "both" }[];

function policyOf(statement: fc.Arbitrary<Statement>, minLength: number, maxLength: number): fc.Arbitrary<Policy> {
  const where = fc.constantFrom<Policy[number]["in"]>("both", "both", "head", "head", "base");
  return fc.array(fc.record({ statement, in: where }), { minLength, maxLength });
}

export interface DrawnFleet {
  readonly names: readonly string[];
  /** Of every agent, with its own name */
  readonly rights: Policy;
  readonly session: Policy;
  readonly boundary: Policy;
  readonly ofBucket: Policy;
  readonly ofKey: Policy;
  /** Whether the next agent may become each */
  readonly isChained: boolean;
  /** The agent that lacks a statement, and which; none where they are beyond what there is */
  readonly lacking: readonly [agent: number, statement: number];
}

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES.split(" ")) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("worker-1", "any", "x", "key-"), fc.stringMatching(/^[a-z0-9-]{0,7}$/))
      .map((parts) => parts.join("")),
  },
);
const plain = fc.constantFrom(..."orders worker worker-1 worker-10 worker-1-x team any-other user table".split(" "));

export const fleets: fc.Arbitrary<DrawnFleet> = fc.record({
  names: fc.uniqueArray(fc.oneof(word, plain), { minLength: 2, maxLength: 5 }),
  rights: policyOf(identity, 1, 4),
  session: fc.oneof(fc.constant<Policy>([]), policyOf(identity, 1, 2)),
  boundary: fc.oneof(fc.constant<Policy>([]), policyOf(identity, 1, 2)),
  ofBucket: fc.oneof(fc.constant<Policy>([]), policyOf(ofResource, 1, 2)),
  ofKey: fc.oneof({ weight: 5, arbitrary: fc.constant<Policy>([]) }, policyOf(ofResource, 1, 2)),
  isChained: mostly(fc.constant(false), fc.constant(true), 5),
  lacking: fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 5 })),
});

const readsData = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/*" } as const;

/** Two that get the same right, which the bucket denies to the first alone: seldom drawn, and told apart by nothing else */
export const deniedToOne: DrawnFleet = {
  names: ["orders", "worker-1"],
  rights: [{ statement: readsData, in: "head" }],
  session: [],
  boundary: [],
  ofBucket: [{ statement: { ...readsData, Effect: "Deny", Principal: { AWS: roleArn("@0") } }, in: "head" }],
  ofKey: [],
  isChained: false,
  lacking: [11, 5],
};

export function stateOf(fleet: DrawnFleet, state: State): SmallEstate {
  const { names, isChained } = fleet;
  const of = (statements: Policy, at: number): readonly Statement[] =>
    statements
      .filter((one, index) => (one.in === "both" || one.in === state) && !lacks(fleet, statements, at, index))
      .map(({ statement }) => named(statement, names, at));
  const sessions = names.flatMap((name, at): readonly (readonly [string, string])[] => {
    const statements = of(fleet.session, at);
    return statements.length === 0 ? [] : [[name, policy(...statements)]];
  });
  const [boundary, ofBucket, ofKey] = [of(fleet.boundary, 0), of(fleet.ofBucket, 0), of(fleet.ofKey, 0)];
  const isBound = boundary.length > 0;
  // A policy without statements is one that cannot be read.
  const roleRights = names.flatMap((_, at) => {
    const statements = of(fleet.rights, at);
    return statements.length === 0 ? [] : [[`r${at}`, rights(`\${aws_iam_role.r${at}.name}`, ...statements)] as const];
  });
  return {
    agents: names,
    sessions: Object.fromEntries(sessions),
    resources: {
      aws_iam_role: Object.fromEntries(
        names.map((name, at) => [
          `r${at}`,
          {
            ...role(name, ...(isChained ? [named(BECOMES, names, at)] : [])),
            ...(isBound && { permissions_boundary: "${aws_iam_policy.bound.arn}" }),
          },
        ]),
      ),
      aws_iam_role_policy: Object.fromEntries(roleRights),
      aws_iam_policy: isBound ? { bound: { name: "bound", policy: policy(...boundary) } } : {},
      aws_kms_key: { data: ofKey.length === 0 ? {} : { policy: policy(...ofKey) } },
      aws_s3_bucket: { data: { bucket: "data" } },
      aws_s3_bucket_policy:
        ofBucket.length === 0 ? {} : { data: { bucket: "${aws_s3_bucket.data.id}", policy: policy(...ofBucket) } },
    },
  };
}

const BECOMES: Statement = { Principal: { AWS: roleArn("@other") }, Action: "sts:AssumeRole" };

function lacks({ rights: all, lacking: [agent, statement] }: DrawnFleet, of: Policy, at: number, index: number) {
  return of === all && agent === at && statement === index;
}

function named(statement: Statement, names: readonly string[], at: number): Statement {
  const self = names[at] as string;
  const other = names[(at + 1) % names.length] as string;
  const text = JSON.stringify(statement).replace(/@(self|other|[01])/g, (_, which: string) =>
    which === "self" ? self : which === "other" ? other : (names[Number(which)] as string),
  );
  return JSON.parse(text) as Statement;
}
