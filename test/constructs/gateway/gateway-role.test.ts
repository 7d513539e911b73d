import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { GatewayRole } from "../../../constructs/gateway";
import { KEY } from "../../support/agents";
import { newStack, statementsOf, Template } from "../../support/synth";

const TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/ambit-prod-registry";
const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";

test("GatewayRole reads the registry's table and decrypts it through DynamoDB, and may do nothing else", () => {
  const stack = newStack();
  const { roleArn } = new GatewayRole(stack, "GatewayRole", { registryTable: TABLE, dataKey: KEY });
  const template = Template.of(stack);
  expect(roleArn).toBe("arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-gateway");
  expect(template.only(IamRole)).toMatchObject({ name: "ambit-prod-gateway", path: "/ambit/platform/" });
  expect(statementsOf(template.only(IamRolePolicy).policy)).toEqual([
    { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: TABLE },
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: KEY,
      Condition: { StringEquals: { "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" } },
    },
  ]);
  expect(statementsOf(template.only(IamRole).assume_role_policy).map(({ Condition }) => Condition)).toEqual([
    {
      StringEquals: {
        [`${ISSUER}:aud`]: "sts.amazonaws.com",
        [`${ISSUER}:sub`]: "system:serviceaccount:ambit-system:ambit-gateway",
      },
    },
  ]);
});
