import fc from "fast-check";
import type { Access as AnyAccess, Condition, Principal, SourcedStatement, Statement } from "../../../iam";
import type { PlainRequest } from "./brute-force";

/*
 * Accesses over a vocabulary so small that all its requests can be tried, and so mixed that each part of a policy
 * often is what makes the difference.
 */

export type Access = Required<AnyAccess>;

const ACTIONS = ["s3:GetObject", "s3:PutObject", "kms:Decrypt"];
const ACTION_PATTERNS = [
  "*",
  "s3:*",
  "s3:Get*",
  "S3:getobject",
  "s3:PutObject",
  "s3:?etObject",
  "kms:Decrypt",
  "*:*ect",
];

const RESOURCES = [
  "arn:aws:s3:::kb/a",
  "arn:aws:s3:::kb/b/c",
  "arn:aws:s3:::logs/a",
  "arn:aws:kms:eu-west-1:111122223333:key/k",
];
const RESOURCE_PATTERNS = [
  "*",
  "arn:aws:s3:::kb/*",
  "arn:aws:s3:::kb/a",
  "arn:aws:s3:::*/a",
  "arn:aws:s3:::kb/?/c",
  "arn:aws:*:::logs/*",
  "arn:*/k",
  "arn:aws:kms:*:111122223333:key/k",
];

const PRINCIPALS = [
  "AWS:arn:aws:iam::111122223333:role/agents/writer",
  "AWS:arn:aws:sts::111122223333:assumed-role/writer/s1",
  "AWS:arn:aws:iam::111122223333:user/ada",
  "Service:lambda.amazonaws.com",
  "*",
];
const PRINCIPAL_PATTERNS: readonly Principal[] = [
  "*",
  { AWS: "*" },
  { AWS: "111122223333" },
  { AWS: "arn:aws:iam::111122223333:root" },
  { AWS: "arn:aws:iam::111122223333:role/agents/writer" },
  { AWS: ["arn:aws:iam::111122223333:user/ada", "arn:aws:sts::111122223333:assumed-role/writer/s1"] },
  { Service: "lambda.amazonaws.com" },
  { AWS: "arn:aws:iam::444455556666:root", Service: "lambda.amazonaws.com" },
];

/** Unknown values: references of Terraform, a policy variable */
const OPAQUE = {
  resources: ["${aws_s3_bucket.kb.arn}/a", "arn:aws:s3:::kb/${aws:PrincipalTag/team}"],
  resourcePatterns: [
    "${aws_s3_bucket.kb.arn}/*",
    "${aws_s3_bucket.kb.arn}/a",
    "arn:aws:s3:::kb/${aws:PrincipalTag/team}",
    "arn:aws:s3:::${aws_s3_bucket.kb.id}/?",
  ],
  principals: ["AWS:${aws_iam_role.writer.arn}", "AWS:arn:aws:iam::${var.account}:user/ada"],
  principalPatterns: [{ AWS: "${aws_iam_role.writer.arn}" }, { AWS: "arn:aws:iam::${var.account}:root" }],
  vpc: "${aws_vpc.a.id}",
};

/** What the unknown parts may turn out to be: all the same way in one of these. */
export const SUBSTITUTIONS: readonly Readonly<Record<string, string>>[] = [
  {
    "${aws_s3_bucket.kb.arn}": "arn:aws:s3:::kb",
    "${aws_s3_bucket.kb.id}": "kb",
    "${aws:PrincipalTag/team}": "a",
    "${aws_iam_role.writer.arn}": "arn:aws:iam::111122223333:role/agents/writer",
    "${var.account}": "111122223333",
    "${aws_vpc.a.id}": "vpc-1",
  },
  {
    "${aws_s3_bucket.kb.arn}": "arn:aws:s3:::logs",
    "${aws_s3_bucket.kb.id}": "logs",
    "${aws:PrincipalTag/team}": "b/c",
    "${aws_iam_role.writer.arn}": "arn:aws:iam::111122223333:user/ada",
    "${var.account}": "555566667777",
    "${aws_vpc.a.id}": "other",
  },
];

interface KeyVocabulary {
  readonly name: string;
  readonly operators: readonly string[];
  readonly patterns: readonly string[];
  /** What a request may hold; undefined: the key is absent */
  readonly values: readonly (readonly string[] | undefined)[];
}

const each = (...values: readonly string[]): KeyVocabulary["values"] => [undefined, ...values.map((value) => [value])];

const KEYS: readonly KeyVocabulary[] = [
  {
    name: "aws:SourceVpc",
    operators: ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotLike", "StringLike"],
    patterns: ["vpc-1", "vpc-2", "vpc-*", "VPC-1"],
    values: each("vpc-1", "VPC-1", "vpc-2", "other"),
  },
  {
    name: "s3:max-keys",
    operators: ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan"],
    patterns: ["5", "10", "10.5"],
    values: each("4", "5", "7", "10", "20"),
  },
  {
    name: "aws:CurrentTime",
    operators: ["DateLessThan", "DateGreaterThanEquals", "DateNotEquals"],
    patterns: ["2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"],
    values: each("2025-06-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-07-01T00:00:00Z"),
  },
  {
    name: "aws:SecureTransport",
    operators: ["Bool"],
    patterns: ["true", "false"],
    values: each("true", "false"),
  },
  {
    name: "aws:SourceIp",
    operators: ["IpAddress", "NotIpAddress"],
    patterns: ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1"],
    values: each("10.0.0.1", "10.1.0.1", "192.0.2.1", "203.0.113.9"),
  },
  {
    name: "aws:PrincipalArn",
    operators: ["ArnLike", "ArnNotEquals", "ArnEquals"],
    patterns: ["arn:aws:iam::*:role/a*", "arn:aws:iam::111122223333:role/ab"],
    values: each("arn:aws:iam::111122223333:role/ab", "arn:aws:iam::1:role/a", "arn:aws:iam::1:user/a"),
  },
  {
    name: "aws:TagKeys",
    operators: [
      "ForAllValues:StringEquals",
      "ForAnyValue:StringEquals",
      "ForAllValues:StringNotEquals",
      "ForAnyValue:StringNotEquals",
      "StringEquals",
    ],
    patterns: ["a", "b"],
    values: [undefined, ["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["a", "b", "c"]],
  },
];

interface Vocabulary {
  readonly keys: readonly KeyVocabulary[];
  readonly hasPrincipals: boolean;
  readonly isOpaque: boolean;
}

const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 });

function condition({ keys, isOpaque }: Vocabulary): fc.Arbitrary<Condition> {
  if (keys.length === 0) return fc.constant({});
  const one = fc.constantFrom(...keys).chain((key) => {
    const values = isOpaque && key.name === "aws:SourceVpc" ? [...key.patterns, OPAQUE.vpc] : key.patterns;
    const test = fc
      .tuple(fc.constantFrom(...key.operators), fc.constantFrom("", "", "IfExists"), some(values))
      .map(([operator, suffix, patterns]) => ({ [`${operator}${suffix}`]: { [key.name]: patterns } }));
    const present = fc.constantFrom("true", "false").map((value) => ({ Null: { [key.name]: value } }));
    return fc.oneof({ weight: 6, arbitrary: test }, { weight: 1, arbitrary: present });
  });
  // Two of the same operator: the later one stands, which is a condition as good as another.
  return fc.array(one, { maxLength: 2 }).map((conditions): Condition => Object.assign({}, ...conditions));
}

function statement(vocabulary: Vocabulary): fc.Arbitrary<Statement> {
  const resources = [...RESOURCE_PATTERNS, ...(vocabulary.isOpaque ? OPAQUE.resourcePatterns : [])];
  const one = <T>(key: string, value: fc.Arbitrary<T>) => value.map((each) => ({ [key]: each }));
  const principals: readonly Principal[] = vocabulary.isOpaque ? OPAQUE.principalPatterns : [];
  const principal = fc.constantFrom(...PRINCIPAL_PATTERNS, ...principals);
  return fc
    .tuple(
      fc.oneof({ weight: 4, arbitrary: one("Action", some(ACTION_PATTERNS)) }, one("NotAction", some(ACTION_PATTERNS))),
      fc.oneof({ weight: 4, arbitrary: one("Resource", some(resources)) }, one("NotResource", some(resources))),
      vocabulary.hasPrincipals
        ? fc.oneof({ weight: 4, arbitrary: one("Principal", principal) }, one("NotPrincipal", principal))
        : fc.constant({}),
      condition(vocabulary).map((tests) => (Object.keys(tests).length === 0 ? {} : { Condition: tests })),
      fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
    )
    .map(
      ([action, resource, who, tests, Effect]) => ({ Effect, ...action, ...resource, ...who, ...tests }) as Statement,
    );
}

function access(vocabulary: Vocabulary): fc.Arbitrary<Access> {
  const sourced = statement(vocabulary).map((each) => ({ statement: each, source: "test" }));
  const layer = fc.array(sourced, { maxLength: 3 }).map((statements) => ({ name: "layer", statements }));
  const path = fc
    .tuple(fc.array(sourced, { minLength: 1, maxLength: 3 }), fc.array(layer, { maxLength: 2 }))
    .map(([first, others]) => ({ name: "path", layers: [{ name: "first", statements: first }, ...others] }));
  const denies = fc.array(sourced, { maxLength: 1 }).map((list) => list.map(denied));
  const paths = fc
    .array(path, { minLength: 1, maxLength: 2 })
    .map((list) => list.map((one, index) => ({ ...one, name: `path ${index}` })));
  return fc.record({ paths, denies });
}

const denied = (each: SourcedStatement): SourcedStatement => ({
  ...each,
  statement: { ...each.statement, Effect: "Deny" },
});

/** `other` with some of its statements, by turns, as they are in `base`: two states of one thing. */
function mixed(base: Access, other: Access, kept: readonly boolean[]): Access {
  let turn = 0;
  const keep = (): boolean => kept[turn++ % kept.length] as boolean;
  return {
    denies: keep() ? base.denies : other.denies,
    paths: base.paths.map((path, p) => ({
      ...path,
      layers: path.layers.map((layer, l) => ({
        ...layer,
        statements: layer.statements.map((each, s) =>
          keep() ? each : (other.paths[p]?.layers[l]?.statements[s] ?? each),
        ),
      })),
    })),
  };
}

export interface Pair {
  readonly base: Access;
  readonly head: Access;
  readonly vocabulary: Vocabulary;
}

export function pairs(isOpaque = false): fc.Arbitrary<Pair> {
  const vocabulary = fc.record({
    keys: fc.subarray([...KEYS], { maxLength: 2 }),
    hasPrincipals: fc.boolean(),
    isOpaque: fc.constant(isOpaque),
  });
  return vocabulary.chain((words) =>
    fc
      .record({
        base: access(words),
        other: access(words),
        kept: fc.array(fc.constantFrom(true, true, false), { minLength: 4, maxLength: 16 }),
        isMixed: fc.constantFrom(true, true, false),
      })
      .map(({ base, other, kept, isMixed }) => ({
        base,
        head: isMixed ? mixed(base, other, kept) : other,
        vocabulary: words,
      })),
  );
}

/** Every request of the vocabulary. A key holds several values only where a set operator tests it. */
export function requestsOf({ base, head, vocabulary }: Pair): readonly PlainRequest[] {
  const text = JSON.stringify([base, head]);
  const tested = vocabulary.keys.filter(({ name }) => text.includes(JSON.stringify(name)));
  const values = tested.map((key) => [
    ...(/For(All|Any)/.test(text) ? key.values : key.values.filter((list) => (list?.length ?? 0) < 2)),
    ...(vocabulary.isOpaque && text.includes(OPAQUE.vpc) && key.name === "aws:SourceVpc" ? [[OPAQUE.vpc]] : []),
  ]);
  const keys = tested.reduce<readonly Readonly<Record<string, readonly string[]>>[]>(
    (records, { name }, at) =>
      records.flatMap((record) =>
        (values[at] ?? []).map((list) => (list === undefined ? record : { ...record, [name]: list })),
      ),
    [{}],
  );
  const resources = [...RESOURCES, ...(vocabulary.isOpaque ? OPAQUE.resources : [])];
  const names = [...PRINCIPALS, ...(vocabulary.isOpaque ? OPAQUE.principals : [])];
  const principals = vocabulary.hasPrincipals ? names.map((principal) => ({ principal })) : [{}];
  return ACTIONS.flatMap((action) =>
    resources.flatMap((resource) =>
      principals.flatMap((who) => keys.map((record) => ({ action, resource, ...who, keys: record }))),
    ),
  );
}
