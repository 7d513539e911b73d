import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { OpaRole, type OpaRoleProps } from "../../../constructs/decision/opa-role";
import { KEY } from "../../support/agents";
import { newStack, statementsOf, Template } from "../../support/synth";

const OBJECT = "arn:aws:s3:::ambit-prod-policy-111122223333/policy/bundle.tar.gz";

function role(changes: Partial<OpaRoleProps> = {}) {
  const stack = newStack();
  const { roleArn } = new OpaRole(stack, "OpaRole", { bundle: OBJECT, key: KEY, ...changes });
  return { roleArn, template: Template.of(stack) };
}

const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";
const subjectOf = ({ template }: ReturnType<typeof role>) =>
  statementsOf(template.only(IamRole).assume_role_policy).map(({ Condition }) => Condition);

test("OpaRole fetches one object, decrypts it through S3, and may do nothing else", () => {
  const { roleArn, template } = role();
  expect(roleArn).toBe("arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-opa");
  expect(template.only(IamRole)).toMatchObject({ name: "ambit-prod-opa", path: "/ambit/platform/" });
  expect(statementsOf(template.only(IamRolePolicy).policy)).toEqual([
    { Effect: "Allow", Action: "s3:GetObject", Resource: OBJECT },
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: KEY,
      Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } },
    },
  ]);
});

test("OpaRole is for one service account of the cluster, and for its own audience", () => {
  const of = (account: string) => [
    {
      StringEquals: {
        [`${ISSUER}:aud`]: "sts.amazonaws.com",
        [`${ISSUER}:sub`]: `system:serviceaccount:ambit-system:${account}`,
      },
    },
  ];
  expect(subjectOf(role())).toEqual(of("ambit-opa"));
  expect(subjectOf(role({ serviceAccount: "ambit-gateway" }))).toEqual(of("ambit-gateway"));
});

test.each(["*", "ambit-opa:*", "Ambit", ""])("fails when the service account is %j", (serviceAccount) => {
  expect(() => role({ serviceAccount })).toThrow("[test/OpaRole]: serviceAccount must be ");
});
