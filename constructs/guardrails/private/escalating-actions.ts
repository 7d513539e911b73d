/** Condition keys that bound which policy is given */
const POLICY = /^iam:(?:PolicyARN|PermissionsBoundary)$/i;
export const BOUNDARY = /^iam:PermissionsBoundary$/i;

/** Actions that give rights, and the condition key that bounds which */
export const ESCALATING: Readonly<Record<string, RegExp | undefined>> = {
  "iam:AddUserToGroup": undefined,
  "iam:AttachGroupPolicy": POLICY,
  "iam:AttachRolePolicy": POLICY,
  "iam:AttachUserPolicy": POLICY,
  "iam:CreateAccessKey": undefined,
  "iam:CreateLoginProfile": undefined,
  "iam:CreatePolicyVersion": undefined,
  "iam:PutGroupPolicy": undefined,
  "iam:PutRolePolicy": BOUNDARY,
  "iam:PutUserPolicy": BOUNDARY,
  "iam:SetDefaultPolicyVersion": undefined,
  "iam:UpdateAssumeRolePolicy": undefined,
  "iam:UpdateLoginProfile": undefined,
};
