import {
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { type Connection, type Tags, tagsOf } from "./connection";

/** Everything IAM knows of one role that decides what it may do */
export interface RoleRead {
  readonly path: string | undefined;
  readonly boundary: string | undefined;
  readonly maxSessionSeconds: number | undefined;
  readonly tags: Tags;
  readonly trust: unknown;
  /** Documents of the inline policies by name */
  readonly inline: Readonly<Record<string, unknown>>;
  readonly attached: readonly string[];
}

/** Every role below the path `/ambit/`, by name. */
export async function readRoles(connection: Connection): Promise<Readonly<Record<string, RoleRead>>> {
  const iam = new IAMClient(connection);
  const { Roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: "/ambit/", MaxItems: 1000 }));
  const names = Roles.map(({ RoleName }) => RoleName ?? "").sort();
  const read = await Promise.all(names.map(async (name) => [name, await readRole(iam, name)] as const));
  return Object.fromEntries(read);
}

async function readRole(iam: IAMClient, RoleName: string): Promise<RoleRead> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const inline = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return [PolicyName, documentOf(PolicyDocument)] as const;
  });
  return {
    path: Role?.Path,
    boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    maxSessionSeconds: Role?.MaxSessionDuration,
    tags: tagsOf(Role?.Tags),
    trust: documentOf(Role?.AssumeRolePolicyDocument),
    inline: Object.fromEntries(await Promise.all(inline)),
    attached: AttachedPolicies.map(({ PolicyArn = "" }) => PolicyArn),
  };
}

/** Documents of the account's own managed policies, by ARN. */
export async function readPolicies(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const iam = new IAMClient(connection);
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
  const documents = Policies.map(async ({ Arn = "" }) => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: Arn }));
    const version = new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: Policy?.DefaultVersionId });
    const { PolicyVersion } = await iam.send(version);
    return [Arn, documentOf(PolicyVersion?.Document)] as const;
  });
  return Object.fromEntries(await Promise.all(documents));
}

/** OIDC providers by ARN. */
export async function readOidcProviders(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const iam = new IAMClient(connection);
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const providers = OpenIDConnectProviderList.map(async ({ Arn = "" }) => {
    const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn });
    const { Url, ClientIDList } = await iam.send(command);
    return [Arn, { url: Url, clientIds: ClientIDList }] as const;
  });
  return Object.fromEntries(await Promise.all(providers));
}

function documentOf(encoded: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(encoded ?? "null"));
}
