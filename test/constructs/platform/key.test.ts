import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { DataKey, SigningKey } from "../../../constructs/platform/key";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const ROOT = { AWS: "arn:aws:iam::111122223333:root" };

function dataKey(protectData = true): Template {
  const stack = newStack(platformWith({ protectData }));
  new DataKey(stack, "Key");
  return Template.of(stack);
}

function signingKey(signer?: string): Template {
  const stack = newStack();
  new SigningKey(stack, "Key", signer === undefined ? { signs: "registry" } : { signs: "tokens", signer });
  return Template.of(stack);
}

test("DataKey rotates, is not destroyed, and waits the longest before it is deleted", () => {
  expect(dataKey().only(KmsKey)).toMatchObject({
    enable_key_rotation: true,
    deletion_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
  expect(dataKey(false).only(KmsKey)).toMatchObject({ lifecycle: { prevent_destroy: false } });
});

test("DataKey is used through DynamoDB and S3 only", () => {
  const use = statementsOf(dataKey().only(KmsKey).policy).filter(({ Sid }) => Sid !== "Administration");
  expect(use).toEqual([
    {
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal: ROOT,
      Action: [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": "111122223333",
          "kms:ViaService": ["dynamodb.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com"],
        },
      },
    },
  ]);
});

test("administration of a key is not its use", () => {
  for (const template of [dataKey(), signingKey()]) {
    const administration = statementsOf(template.only(KmsKey).policy).find(({ Sid }) => Sid === "Administration");
    const actions = [administration?.Action].flat() as string[];
    expect(actions).toContain("kms:PutKeyPolicy");
    expect(actions.filter((action) => /Encrypt|Decrypt|DataKey|Sign|Mac|CreateGrant|\*/.test(action))).toEqual([]);
  }
});

test("SigningKey for tokens signs for the exchange's role only", () => {
  const { exchangeRoleArn } = platformWith();
  const template = signingKey(exchangeRoleArn);
  expect(template.only(KmsKey)).toMatchObject({
    key_usage: "SIGN_VERIFY",
    customer_master_key_spec: "ECC_NIST_P256",
  });
  expect(template.only(KmsAlias).name).toBe("alias/ambit/prod/tokens");
  const sign = statementsOf(template.only(KmsKey).policy).filter(({ Action }) => [Action].flat().includes("kms:Sign"));
  expect(sign).toEqual([
    {
      Sid: "Sign",
      Effect: "Allow",
      Principal: ROOT,
      Action: "kms:Sign",
      Resource: "*",
      Condition: { ArnEquals: { "aws:PrincipalArn": exchangeRoleArn } },
    },
  ]);
});

test("SigningKey for the audit log is on Ed25519, as verifiers of such logs ask for it", () => {
  const stack = newStack();
  const { exchangeRoleArn } = platformWith();
  new SigningKey(stack, "Key", { signs: "audit-log", signer: exchangeRoleArn });
  expect(Template.of(stack).only(KmsKey)).toMatchObject({
    key_usage: "SIGN_VERIFY",
    customer_master_key_spec: "ECC_NIST_EDWARDS25519",
    lifecycle: { prevent_destroy: true },
  });
  expect(Template.of(stack).only(KmsAlias).name).toBe("alias/ambit/prod/audit-log");
});
