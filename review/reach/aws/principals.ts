import { distinct, type Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { AgentAccess } from "./agent-access";
import { taskRoles } from "./agent-roles";
import { Callers } from "./callers";
import { Chains } from "./chain/chains";
import { RoleEdges } from "./chain/role-edges";
import { IamIndex } from "./iam-index";
import type { PolicyTexts } from "./policy-texts";
import type { AwsPrincipal } from "./principal";
import { resourcePolicies, type ResourcePolicy } from "./resource-policies";
import { RoleAccess } from "./role-access";
import { RoleLimits } from "./role-limits";
import { RolePolicies } from "./role-policies";
import { Admission } from "./service/admission";
import { type PodIdentities, podIdentities } from "./service/pod-identities";
import { type RolesAnywhere, rolesAnywhere } from "./service/roles-anywhere";
import { ITS_ROLE, type Way } from "./way";
import { workloads } from "./workloads";

export interface AwsReach {
  /** By name */
  readonly principals: ReadonlyMap<string, AwsPrincipal>;
  /** Policies of roles that the configuration does not hold */
  readonly strays: readonly Unknown[];
  readonly resources: readonly ResourcePolicy[];
  readonly pods: PodIdentities;
  readonly rolesAnywhere: RolesAnywhere;
  /** Access gained by assuming the role at `address` by `way`; undefined if there is no such role */
  readonly become: (address: string, way: Way) => Become | undefined;
  readonly callers: Callers;
}

export type Become = Pick<AwsPrincipal, "paths" | "denies" | "unknown">;

/** All principals of an estate that have access to AWS */
export function awsReach(estate: Estate, texts: PolicyTexts): AwsReach {
  const index = new IamIndex(estate);
  const policies = new RolePolicies(index, texts);
  const resources = resourcePolicies(estate, texts);
  const limits = new RoleLimits(estate, texts, (from, paths, to) => edges.mayBecome(from, paths, to));
  const roles = new RoleAccess(estate, policies, resources, texts, limits);
  const declared = taskRoles(estate, index);
  const owned = new Set([...declared.values()].flatMap((tasks) => tasks.flatMap(({ role }) => role ?? [])));
  const edges: RoleEdges = new RoleEdges(estate, index, roles, texts);
  const chains = new Chains(edges, roles, () => true);
  const callers = new Callers(estate, policies, texts, (from, to) =>
    edges.mayBecome(from, roles.pathsOf(from, ITS_ROLE), to),
  );
  // The exchange may become every agent, and gains with each: that is told once, of the agent.
  const others = new Chains(edges, roles, (role) => !owned.has(role));
  const principals = new Map<string, AwsPrincipal>();
  const admission = new Admission(estate, index, roles, texts);
  const pods = podIdentities(estate, admission);
  const accounts = workloads(estate);
  for (const agent of new Set([...declared.keys(), ...accounts.keys()])) {
    const own = pods.identities.filter((one) => `${one.namespace}/${one.serviceAccount}` === accounts.get(agent));
    const tasks = declared.get(agent) ?? [];
    if (tasks.length + own.length === 0) continue;
    principals.set(agent, new AgentAccess(roles, chains, texts).principal(agent, tasks, own));
  }
  for (const role of index.roles) {
    if (!owned.has(role)) principals.set(role.address, rolePrincipal(role, roles, others));
  }
  const anywhere = rolesAnywhere(estate, admission, index, texts);
  const byAddress = new Map(index.roles.map((role) => [role.address, role]));
  const become = (address: string, way: Way): Become | undefined => {
    const role = byAddress.get(address);
    if (role === undefined) return undefined;
    const { way: followed, roles: chained, unknown } = chains.from({ way, role });
    return {
      paths: [...roles.pathsAs(role, followed), ...chained.flatMap(({ paths }) => paths)],
      denies: roles.denies,
      unknown: distinct([...roles.unknownOf(role), ...unknown]),
    };
  };
  return { principals, strays: policies.strays, resources, pods, rolesAnywhere: anywhere, become, callers };
}

function rolePrincipal(role: Resource, access: RoleAccess, chains: Chains): AwsPrincipal {
  const { way, roles: chained, unknown } = chains.from({ way: ITS_ROLE, role });
  return {
    name: role.address,
    isAgent: false,
    paths: [...access.pathsAround(role, way), ...chained.flatMap(({ paths }) => paths)],
    denies: access.denies,
    roles: [access.roleOf(role)],
    chained,
    unknown: distinct([...access.unknownOf(role), ...unknown]),
  };
}
