import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { stacksTogether } from "../../../constructs/guardrails/stacks-together";
import type { BlockBody } from "../../../constructs/guardrails/value";
import type { RegistryDocument } from "../../../domain";
import { CLOCK } from "../../support/synth";

const rules = RULES.filter(({ id }) => id.startsWith("AMBIT-IAM-AGENT-"));
const KEY = "arn:aws:kms:eu-central-1:111122223333:key/1c5f0c1e-7c1b-4a51-9a0e-000000000001";
const ARN = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.reader";
const ACCOUNT = { "aws:ResourceAccount": "111122223333" };

const REGISTRY = {
  agents: {
    reader: {
      spiffeId: "spiffe://prod.acme.example/ns/kb/sa/reader",
      workload: { namespace: "kb", serviceAccount: "reader" },
      tasks: {
        read: { data: { pages: ["read"], rows: ["read"] }, aws: { role: ARN } },
        login: { data: { login: ["read"], own: ["write"], outside: ["read"] }, aws: { role: ARN } },
      },
    },
    talker: {
      spiffeId: "spiffe://prod.acme.example/ns/kb/sa/talker",
      workload: { namespace: "kb", serviceAccount: "talker" },
      tasks: { talk: { data: {} } },
    },
  },
  datasets: {
    pages: { kind: "bucket", bucket: "acme-kb", prefix: "pages/", key: KEY, sensitivity: "internal" },
    rows: { kind: "table", table: "rows", boundTo: "user", sensitivity: "internal" },
    own: { kind: "table", table: "own", boundTo: "agent", account: "444455556666", sensitivity: "internal" },
    login: { kind: "secret", secret: "erp/login", sensitivity: "internal" },
    outside: { kind: "external", sensitivity: "internal" },
  },
} as unknown as RegistryDocument;

interface Written {
  readonly Action: string | readonly string[] | undefined;
  readonly Resource?: string | readonly string[] | undefined;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly [other: string]: unknown;
}

/** What rules find, with what the registry declares */
function found(resource: BlockBody, registry = REGISTRY): readonly string[] {
  const [stack] = stacksTogether([["test", [{ resource }]]], undefined, undefined, registry);
  const { refused } = judgeStack(stack as NonNullable<typeof stack>, { rules, now: CLOCK.now() });
  return refused.map(({ id }) => id.replace("AMBIT-IAM-", ""));
}

/** As Terraform reads it: `${` is an expression */
function policy(...statements: readonly Written[]): string {
  const Statement = statements.map((each) => ({ Effect: "Allow", ...each }));
  return JSON.stringify({ Version: "2012-10-17", Statement }).replaceAll("${aws:", "$${aws:");
}

function own(...statements: readonly Written[]): BlockBody {
  return {
    aws_iam_role: { it: { name: "prod.reader", path: "/ambit/agents/prod/" } },
    aws_iam_role_policy: {
      it: { role: "${aws_iam_role.it.name}", name: "ambit-access", policy: policy(...statements) },
    },
  };
}

const pages: Written = {
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::acme-kb/pages/*",
  Condition: { StringEquals: ACCOUNT },
};
const rows: Written = {
  Action: ["dynamodb:GetItem", "dynamodb:Query"],
  Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/rows",
  Condition: {
    StringEquals: ACCOUNT,
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/ambit-user}" },
    Null: { "dynamodb:LeadingKeys": "false" },
  },
};
const ownRows: Written = {
  Action: "dynamodb:PutItem",
  Resource: "arn:aws:dynamodb:eu-west-1:444455556666:table/own",
  Condition: {
    StringEquals: { "aws:ResourceAccount": "444455556666" },
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "reader" },
    StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
    Null: { "dynamodb:LeadingKeys": "false" },
  },
};
const login: Written = {
  Action: "secretsmanager:GetSecretValue",
  Resource: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp/login-??????",
  Condition: { StringEquals: ACCOUNT },
};
const key: Written = {
  Action: "kms:Decrypt",
  Resource: KEY,
  Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
};

const BEYOND: Readonly<Record<string, Written>> = {
  "another action": { ...pages, Action: ["s3:GetObject", "s3:PutObject"] },
  "a pattern of actions": { ...pages, Action: "s3:Get*" },
  "all actions but some": { ...pages, Action: undefined, NotAction: "s3:PutObject" },
  "another prefix": { ...pages, Resource: ["arn:aws:s3:::acme-kb/pages/*", "arn:aws:s3:::acme-kb/payroll/*"] },
  "all resources but some": { ...pages, Resource: undefined, NotResource: "arn:aws:s3:::acme-kb/x/*" },
  "another account": { ...pages, Condition: { StringEquals: { "aws:ResourceAccount": "444455556666" } } },
  "no account": { ...pages, Condition: undefined },
  "the rows of all users": { ...rows, Condition: { StringEquals: ACCOUNT } },
  "rows of another account": { ...rows, Resource: "arn:aws:dynamodb:eu-west-1:444455556666:table/rows" },
  "a key by any service": { ...key, Condition: undefined },
  "another secret": { ...login, Resource: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp/admin-??????" },
};

describe("the policy of an agent's role", () => {
  test("allows what all its tasks declare", () => {
    expect(found(own(pages, rows, ownRows, login, key))).toEqual([]);
    const narrower = { ...pages, Condition: { StringEquals: ACCOUNT, StringLike: { "aws:SourceVpc": "vpc-1" } } };
    expect(found(own(narrower, { Effect: "Deny", Action: "*", Resource: "*" }))).toEqual([]);
  });

  test.each(Object.entries(BEYOND))("fails when it allows %s", (_, statement) => {
    expect(found(own(pages, statement))).toEqual(["AGENT-POLICY[prod.reader::ambit-access]"]);
  });

  test("fails when no agent is declared that has the role", () => {
    const resource = JSON.parse(JSON.stringify(own(pages)).replaceAll("prod.reader", "prod.ghost")) as BlockBody;
    expect(found(resource)).toEqual(["AGENT-POLICY[prod.ghost::ambit-access]"]);
  });

  test("fails when another stack has the role, which it names by its name, by an expression or by a role that is not known", () => {
    const policy_arn = "arn:aws:iam::111122223333:policy/payroll";
    const attached = (role: string): readonly string[] =>
      found({ aws_iam_role_policy_attachment: { it: { role, policy_arn } } });
    expect(attached("prod.reader")).toEqual(["AGENT-POLICY[prod.reader::]"]);
    expect(attached("${module.reader.name}")).toEqual(["AGENT-POLICY[undecided::role]"]);
    expect(attached("prod.${var.agent}")).toEqual(["AGENT-POLICY[undecided::role]"]);
    expect(attached("worker")).toEqual([]);
  });
});

describe("the policy of a resource", () => {
  const bucket = (statement: Written, principal: unknown = { AWS: ARN }): readonly string[] =>
    found({ aws_s3_bucket_policy: { it: { bucket: "kb", policy: policy({ ...statement, Principal: principal }) } } });
  const NAMED = `AGENT-GRANT[policy.Statement::${ARN}]`;

  test("may name an agent's role for what the agent declares", () => {
    expect(bucket({ Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-kb/pages/*" })).toEqual([]);
    expect(
      bucket(
        { Action: "s3:PutObject", Resource: "arn:aws:s3:::acme-kb/*" },
        { AWS: "arn:aws:iam::111122223333:role/x" },
      ),
    ).toEqual([]);
  });

  test("may name the bucket by a reference, where its name is written", () => {
    const statement = { Principal: { AWS: ARN }, Action: "s3:GetObject", Resource: "${aws_s3_bucket.kb.arn}/pages/*" };
    const of = (name: string): readonly string[] =>
      found({
        aws_s3_bucket: { kb: { bucket: name } },
        aws_s3_bucket_policy: { it: { bucket: "${aws_s3_bucket.kb.id}", policy: policy(statement) } },
      });
    expect(of("acme-kb")).toEqual([]);
    expect(of("payroll")).toEqual([NAMED]);
  });

  test("may let it use the key of its data by the service that has them", () => {
    const { Action, Condition } = key;
    const of = (condition: Written["Condition"]): readonly string[] =>
      found({
        aws_kms_key_policy: {
          it: {
            key_id: "k",
            policy: policy({
              Principal: { AWS: ARN },
              Action,
              Resource: "*",
              ...(condition && { Condition: condition }),
            }),
          },
        },
      });
    expect(of(Condition)).toEqual([]);
    expect(of(undefined)).toEqual([NAMED]);
  });

  test.each([
    ["another action", { Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::acme-kb/pages/*" }],
    ["another prefix", { Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-kb/*" }],
    ["another bucket", { Action: "s3:GetObject", Resource: "arn:aws:s3:::payroll/*" }],
  ])("fails when it allows an agent's role %s", (_, statement) => {
    expect(bucket(statement)).toEqual([NAMED]);
  });

  test("fails when it allows a session of the role, or asks for the role in a condition", () => {
    const statement = { Action: "s3:PutObject", Resource: "arn:aws:s3:::acme-kb/pages/*" };
    const session = "arn:aws:sts::111122223333:assumed-role/prod.reader/run";
    expect(bucket(statement, { AWS: session })).toEqual([`AGENT-GRANT[policy.Statement::${session}]`]);
    const Condition = { ArnLike: { "aws:PrincipalArn": ARN } };
    expect(bucket({ ...statement, Condition }, "*")).toEqual([NAMED]);
  });

  test("fails when it names a role of agents that no declaration has", () => {
    const ghost = ARN.replace("prod.reader", "prod.*");
    const statement = { Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-kb/pages/*" };
    expect(bucket(statement, { AWS: ghost })).toEqual([`AGENT-GRANT[policy.Statement::${ghost}]`]);
  });
});

test("without declared agents, the agent's own policy is told by its name and place alone", () => {
  expect(
    found(own(BEYOND["another prefix"] as Written), { agents: {}, datasets: {} } as unknown as RegistryDocument),
  ).toEqual([]);
});
