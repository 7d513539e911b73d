import type { AccessPath, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { taskRoles, type TaskRole } from "./agent-roles";
import { IamIndex } from "./iam-index";
import type { PolicyTexts } from "./policy-texts";
import { resourcePolicies, type ResourcePolicy } from "./resource-policies";
import { type AwsRole, RoleAccess } from "./role-access";
import { RolePolicies } from "./role-policies";

/** Somebody who has access to AWS: an agent by name, or a role without a declaration by address */
export interface AwsPrincipal {
  readonly name: string;
  readonly isAgent: boolean;
  /** Each a way into AWS of its own, with a name that is equal in two estates for the same way */
  readonly paths: readonly AccessPath[];
  /** Of the policies of resources, which hold on every way */
  readonly denies: readonly SourcedStatement[];
  readonly roles: readonly AwsRole[];
  readonly unknown: readonly Unknown[];
}

export interface AwsReach {
  /** By name */
  readonly principals: ReadonlyMap<string, AwsPrincipal>;
  /** Policies of roles that the configuration does not hold */
  readonly strays: readonly Unknown[];
  readonly resources: readonly ResourcePolicy[];
}

/** Everybody in an estate who has access to AWS */
export function awsReach(estate: Estate, texts: PolicyTexts): AwsReach {
  const index = new IamIndex(estate);
  const policies = new RolePolicies(index, texts);
  const resources = resourcePolicies(estate, texts);
  const roles = new RoleAccess(estate, policies, resources, texts);
  const declared = taskRoles(estate, index);
  const principals = new Map<string, AwsPrincipal>();
  const owned = new Set<Resource>();
  for (const [agent, tasks] of declared) {
    for (const { role } of tasks) if (role !== undefined) owned.add(role);
    principals.set(agent, agentPrincipal(agent, tasks, roles, texts));
  }
  for (const role of index.roles) {
    if (!owned.has(role)) principals.set(role.address, rolePrincipal(role, roles));
  }
  return { principals, strays: policies.strays, resources };
}

function agentPrincipal(
  name: string,
  tasks: readonly TaskRole[],
  access: RoleAccess,
  texts: PolicyTexts,
): AwsPrincipal {
  const paths: AccessPath[] = [];
  const unknown: Unknown[] = [];
  const roles = new Map<Resource, AwsRole>();
  for (const { task, role, arn, sessionPolicy, address } of tasks) {
    if (role === undefined) {
      const why = "the configuration does not hold it, so what it allows is not known";
      unknown.push({ what: `the role ${arn} of task ${task}`, why, source: { address } });
      continue;
    }
    roles.set(role, access.roleOf(role));
    const session = sessionPolicy === undefined ? undefined : texts.of(sessionPolicy, address);
    paths.push(...access.pathsOf(role, `task ${task}`, session));
    unknown.push(...access.unknownOf(role), ...(session?.unknown ?? []));
  }
  for (const role of roles.keys())
    paths.push(...access.pathsAround(role, roles.size === 1 ? "its role" : access.roleOf(role).key));
  return { name, isAgent: true, paths, denies: access.denies, roles: [...roles.values()], unknown: distinct(unknown) };
}

function rolePrincipal(role: Resource, access: RoleAccess): AwsPrincipal {
  return {
    name: role.address,
    isAgent: false,
    paths: access.pathsAround(role, "its role"),
    denies: access.denies,
    roles: [access.roleOf(role)],
    unknown: distinct(access.unknownOf(role)),
  };
}

function distinct(unknown: readonly Unknown[]): readonly Unknown[] {
  return [...new Map(unknown.map((one) => [JSON.stringify(one), one])).values()];
}
