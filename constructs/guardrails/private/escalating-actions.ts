/** Condition keys that bound which policy is given */
const POLICY = /^iam:(?:PolicyARN|PermissionsBoundary)$/i;
const BOUNDARY = /^iam:PermissionsBoundary$/i;

/** Actions that give their owner rights, and the condition key that bounds which */
export const ESCALATING: Readonly<Record<string, RegExp | undefined>> = {
  "iam:AddUserToGroup": undefined,
  "iam:AttachGroupPolicy": POLICY,
  "iam:AttachRolePolicy": POLICY,
  "iam:AttachUserPolicy": POLICY,
  "iam:CreateAccessKey": undefined,
  "iam:CreateLoginProfile": undefined,
  "iam:CreatePolicyVersion": undefined,
  "iam:CreateServiceSpecificCredential": undefined,
  "iam:PutGroupPolicy": undefined,
  "iam:PutRolePolicy": BOUNDARY,
  "iam:PutUserPolicy": BOUNDARY,
  "iam:ResetServiceSpecificCredential": undefined,
  "iam:SetDefaultPolicyVersion": undefined,
  "iam:UpdateAssumeRolePolicy": undefined,
  "iam:UpdateLoginProfile": undefined,
  "iam:UploadSSHPublicKey": undefined,
  "iam:UploadSigningCertificate": undefined,
};

/** Actions by which a subject leaves its boundary, or another one that it makes has none, and the condition key that bounds which */
export const UNBOUNDING: Readonly<Record<string, RegExp | undefined>> = {
  "iam:CreateRole": BOUNDARY,
  "iam:CreateUser": BOUNDARY,
  "iam:DeleteRolePermissionsBoundary": undefined,
  "iam:DeleteUserPermissionsBoundary": undefined,
  "iam:PutRolePermissionsBoundary": BOUNDARY,
  "iam:PutUserPermissionsBoundary": BOUNDARY,
};

/**
 * Actions that take what another identity may do, by service: who may log in to it, what a policy denies it, or what runs as it.
 * A condition cannot say whose rights are taken.
 */
export const TAKING: Readonly<Record<string, readonly string[]>> = {
  "bedrock-agentcore": ["GetWorkloadAccessTokenForUserId", "InvokeAgentRuntimeCommand", "UpdateAgentRuntime"],
  cloudformation: ["CreateChangeSet", "UpdateStack", "UpdateStackSet"],
  codebuild: ["UpdateProject"],
  "ec2-instance-connect": ["SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"],
  ecs: ["ExecuteCommand"],
  eks: ["AssociateAccessPolicy", "CreateAccessEntry", "CreatePodIdentityAssociation", "UpdateAccessEntry"],
  glue: ["UpdateDevEndpoint", "UpdateJob"],
  iam: [
    "AddClientIDToOpenIDConnectProvider",
    "CreateOpenIDConnectProvider",
    "CreateSAMLProvider",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "UpdateOpenIDConnectProviderThumbprint",
    "UpdateSAMLProvider",
  ],
  identitystore: ["CreateGroupMembership"],
  kms: ["PutKeyPolicy"],
  lambda: ["UpdateFunctionCode", "UpdateFunctionConfiguration"],
  organizations: [
    "AttachPolicy",
    "DetachPolicy",
    "DisablePolicyType",
    "LeaveOrganization",
    "MoveAccount",
    "UpdatePolicy",
  ],
  rolesanywhere: ["CreateProfile", "CreateTrustAnchor", "ImportCrl", "UpdateProfile"],
  sagemaker: ["CreatePresignedDomainUrl", "CreatePresignedNotebookInstanceUrl"],
  ssm: [
    "CreateAssociation",
    "RegisterTaskWithMaintenanceWindow",
    "SendCommand",
    "StartSession",
    "UpdateAssociation",
    "UpdateMaintenanceWindowTask",
  ],
  states: ["UpdateStateMachine"],
  sso: [
    "AttachManagedPolicyToPermissionSet",
    "AttachCustomerManagedPolicyReferenceToPermissionSet",
    "CreateAccountAssignment",
    "DeleteInlinePolicyFromPermissionSet",
    "DeletePermissionsBoundaryFromPermissionSet",
    "DetachCustomerManagedPolicyReferenceFromPermissionSet",
    "DetachManagedPolicyFromPermissionSet",
    "PutInlinePolicyToPermissionSet",
    "PutPermissionsBoundaryToPermissionSet",
  ],
  "sso-directory": ["AddMemberToGroup"],
  sts: ["AssumeRoot"],
};

/**
 * Actions that take the rights of another identity where they reach any resource. On a resource that is named they are what agents, pipelines
 * and data jobs do: they run code in an interpreter, a build or a cluster that is theirs.
 */
export const TAKING_ANYWHERE: readonly string[] = [
  "bedrock-agentcore:InvokeCodeInterpreter",
  "bedrock:UpdateAgent",
  "codebuild:StartBuild",
  "ec2:ModifyInstanceAttribute",
  "elasticmapreduce:AddJobFlowSteps",
  "rolesanywhere:UpdateTrustAnchor",
];

/** Taking a denial off another identity: as a condition, a boundary may ask for the boundary of that one. */
export const UNDENYING: Readonly<Record<string, RegExp>> = {
  "iam:DeleteRolePolicy": BOUNDARY,
  "iam:DeleteUserPolicy": BOUNDARY,
  "iam:DetachRolePolicy": BOUNDARY,
  "iam:DetachUserPolicy": BOUNDARY,
};
