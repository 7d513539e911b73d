import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { ExchangeTables } from "../../../constructs/exchange/exchange-tables";
import { exchangeRole as role, KEY, LOG, TABLE } from "../../support/exchange/exchange-role";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

test("ExchangeRole is for one service account of the cluster, and for its own audience", () => {
  const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";
  expect(statementsOf(role().only(IamRole).assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: "system:serviceaccount:ambit-system:ambit-exchange",
        },
      },
    },
  ]);
});

const toolSecret = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:111122223333:secret:tools/${name}-AbCdEf`;

test("ExchangeRole may do exactly what the exchange does", () => {
  const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition && { Condition }),
  });
  const agents = "arn:aws:iam::111122223333:role/ambit/agents/prod/*";
  const through = (service: string) => ({
    StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` },
  });
  expect(statementsOf(role().only(IamRolePolicy).policy)).toEqual([
    allow(["sts:AssumeRole", "sts:SetSourceIdentity"], agents, { Null: { "sts:SourceIdentity": "false" } }),
    allow("sts:TagSession", agents),
    allow(
      [
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      `${TABLE}state`,
    ),
    allow(["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PutItem"], `${TABLE}person-keys`),
    allow(["dynamodb:GetItem", "dynamodb:Query"], `${TABLE}registry`),
    allow("kms:Decrypt", `${KEY}data`, through("dynamodb")),
    allow(["kms:GetPublicKey", "kms:Sign"], [`${KEY}tokens`, `${KEY}tokens-next`]),
    allow(["s3:GetObject", "s3:PutObject"], `${LOG}/*`),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], `${KEY}data`, through("s3")),
    allow(["kms:GetPublicKey", "kms:Sign"], `${KEY}audit-log`),
    allow("secretsmanager:GetSecretValue", ["github", "search"].map(toolSecret)),
  ]);
});

test.each([true, false])(
  "ExchangeTables are encrypted, and recoverable but for the keys of persons, and protected: %s",
  (protectData) => {
    const stack = newStack(platformWith({ protectData }));
    new ExchangeTables(stack, "Tables", { key: `${KEY}data` });
    const tables = Template.of(stack).all(DynamodbTable);
    expect(tables.map(({ name, point_in_time_recovery: recovery }) => [name, recovery])).toEqual([
      ["ambit-prod-person-keys", { enabled: false }],
      ["ambit-prod-registry", { enabled: true }],
      ["ambit-prod-state", { enabled: true }],
    ]);
    for (const table of tables) {
      expect(table).toMatchObject({
        billing_mode: "PAY_PER_REQUEST",
        server_side_encryption: { enabled: true, kms_key_arn: `${KEY}data` },
        deletion_protection_enabled: protectData,
        lifecycle: { prevent_destroy: protectData },
      });
    }
  },
);

test("only state expires", () => {
  const stack = newStack();
  new ExchangeTables(stack, "Tables", { key: `${KEY}data` });
  const expiring = Template.of(stack)
    .all(DynamodbTable)
    .filter(({ ttl }) => ttl !== undefined);
  expect(expiring.map(({ name, ttl }) => [name, ttl])).toEqual([
    ["ambit-prod-state", { attribute_name: "expiresAt", enabled: true }],
  ]);
});

const LAMBDA = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };

test("ExchangeRole is that one function's where it runs in Lambda, which may write its own log besides", () => {
  const [inCluster, inLambda, inBoth] = [role(), role({ runsIn: ["lambda"] }), role({ runsIn: ["lambda", "cluster"] })];
  const [cluster] = statementsOf(inCluster.only(IamRole).assume_role_policy);
  expect(statementsOf(inLambda.only(IamRole).assume_role_policy)).toEqual([LAMBDA]);
  expect(statementsOf(inBoth.only(IamRole).assume_role_policy)).toEqual([cluster, LAMBDA]);
  const access = (template: Template) => statementsOf(template.only(IamRolePolicy).policy);
  // A function does not run between requests, so it brings no records into the audit log.
  const ofLog = (text: string): boolean => /s3|audit-log/.test(text);
  expect(access(inBoth).filter((statement) => ofLog(JSON.stringify(statement)))).toHaveLength(3);
  expect(access(inLambda)).toEqual([
    ...access(inCluster).filter((statement) => !ofLog(JSON.stringify(statement))),
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/ambit-prod-exchange:*",
    },
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: {
        Null: { "lambda:SourceFunctionArn": "false" },
        ArnNotEquals: {
          "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:111122223333:function:ambit-prod-exchange",
        },
      },
    },
  ]);
  expect(access(inBoth).at(-1)).toEqual(access(inLambda).at(-1));
  expect(access(inCluster).filter(({ Effect }) => Effect === "Deny")).toEqual([]);
});

test.each([
  ["nowhere", []],
  ["elsewhere", ["fargate"]],
])("ExchangeRole fails where the exchange runs %s", (_, runsIn) => {
  expect(() => role({ runsIn: runsIn as never })).toThrow("runsIn must name one or both of cluster, lambda");
});
