/** A way from some AWS rights to all others */
export interface Escalation {
  readonly what: string;
  /** Each step needs one of its actions. */
  readonly steps: readonly (readonly string[])[];
}

const RUNS_AS_ROLE = [
  "autoscaling:CreateLaunchConfiguration",
  "bedrock-agentcore:CreateAgentRuntime",
  "cloudformation:CreateStack",
  "codebuild:CreateProject",
  "codebuild:UpdateProject",
  "datapipeline:PutPipelineDefinition",
  "ec2:AssociateIamInstanceProfile",
  "ec2:RunInstances",
  "ecs:RegisterTaskDefinition",
  "ecs:RunTask",
  "glue:CreateDevEndpoint",
  "glue:CreateJob",
  "glue:UpdateJob",
  "lambda:CreateFunction",
  "sagemaker:CreateNotebookInstance",
  "sagemaker:CreateProcessingJob",
  "sagemaker:CreateTrainingJob",
  "scheduler:CreateSchedule",
  "ssm:StartAutomationExecution",
  "states:CreateStateMachine",
];

const RUNS_AS_ITS_ROLE = [
  "ec2-instance-connect:SendSSHPublicKey",
  "ecs:ExecuteCommand",
  "lambda:UpdateFunctionCode",
  "lambda:UpdateFunctionConfiguration",
  "ssm:SendCommand",
  "ssm:StartSession",
];

/**
 * Actions that give a principal, itself included, more rights, or run code with the rights of another role.
 *
 * Source: Service Authorization Reference, access level "Permissions management" of IAM, and the actions of each service
 * that depend on `iam:PassRole`; IAM user guide, id_roles_use_passrole.
 */
export const ESCALATIONS: readonly Escalation[] = [
  {
    what: "it may write policies of roles, users or groups, its own among them",
    steps: [
      [
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:PutGroupPolicy",
        "iam:PutRolePolicy",
        "iam:PutUserPolicy",
      ],
    ],
  },
  {
    what: "it may rewrite policies that are attached already",
    steps: [["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]],
  },
  { what: "it may let itself in by the trust of a role", steps: [["iam:UpdateAssumeRolePolicy"]] },
  {
    what: "it may take away the boundary of a role or user",
    steps: [["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]],
  },
  {
    what: "it may put another boundary in the place of one",
    steps: [["iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"]],
  },
  {
    what: "it may make itself the credentials of a user",
    steps: [["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AddUserToGroup"]],
  },
  {
    what: "it may have AWS trust an identity provider of its own",
    steps: [
      [
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateSAMLProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint",
        "iam:UpdateSAMLProvider",
        "rolesanywhere:CreateTrustAnchor",
        "rolesanywhere:UpdateTrustAnchor",
      ],
    ],
  },
  { what: "it may have code of its own run as another role", steps: [["iam:PassRole"], RUNS_AS_ROLE] },
  { what: "it may run code where another role is in use already", steps: [RUNS_AS_ITS_ROLE] },
];
