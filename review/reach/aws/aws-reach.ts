import { distinct, type Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { type TaskRole, taskRoles } from "./task-roles";
import { Callers } from "./callers";
import { Chains, type Start } from "./chain/chains";
import { RoleEdges } from "./chain/role-edges";
import { IamIndex } from "./iam-index";
import type { PolicyTexts } from "./policy-texts";
import type { AwsPrincipal } from "./aws-principal";
import { resourcePolicies, type ResourcePolicy } from "./resource-policies";
import { type AwsRole, RoleAccess } from "./role-access";
import { RoleLimits } from "./role-limits";
import { RolePolicies } from "./role-policies";
import { Admission } from "./service/admission";
import { type PodIdentities, podIdentities, type PodIdentity } from "./service/pod-identities";
import { type RolesAnywhere, rolesAnywhere } from "./service/roles-anywhere";
import { type AwsPath, givenWay, ITS_ROLE, roleWay, taskWay, type Way } from "./way";
import { isObject, member } from "../../read/json";

export interface AwsReach {
  /** By name */
  readonly principals: ReadonlyMap<string, AwsPrincipal>;
  /** Policies attached to roles outside the configuration */
  readonly strays: readonly Unknown[];
  readonly resources: readonly ResourcePolicy[];
  readonly pods: PodIdentities;
  readonly rolesAnywhere: RolesAnywhere;
  /** Access gained by assuming the role at `address` by `way`; undefined if there is no such role */
  readonly become: (address: string, way: Way) => RoleGain | undefined;
  readonly callers: Callers;
}

export type RoleGain = Pick<AwsPrincipal, "paths" | "denies" | "unknown">;

/** All principals of an estate with access to AWS */
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
  // The exchange may assume every agent's role. Each of these gains is reported once, for the agent.
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
  const become = (address: string, way: Way): RoleGain | undefined => {
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

/** The reach of one agent: by each task, by its roles, and by the service account of its pods */
class AgentAccess {
  private readonly unknown: Unknown[] = [];
  private readonly starts: { readonly start: Start; readonly paths: readonly AwsPath[] }[] = [];
  private readonly roles = new Map<Resource, AwsRole>();

  constructor(
    private readonly access: RoleAccess,
    private readonly chains: Chains,
    private readonly texts: PolicyTexts,
  ) {}

  public principal(name: string, tasks: readonly TaskRole[], pods: readonly PodIdentity[]): AwsPrincipal {
    for (const task of tasks) this.add(task);
    for (const [role, { key }] of this.roles) this.addRole(role, this.roles.size === 1 ? undefined : key);
    for (const pod of pods) this.addPods(pod);
    const chained = this.starts.map(({ start, paths }) => ({ ...this.chains.from(start), paths }));
    const reached = chained.flatMap(({ roles }) => roles);
    return {
      name,
      isAgent: true,
      paths: [
        ...chained.flatMap(({ way, paths }) => paths.map((path) => ({ ...path, way }))),
        ...reached.flatMap(({ paths }) => paths),
      ],
      denies: this.access.denies,
      roles: [...this.roles.values()].map((role) => ({ ...role, closedBy: this.access.closedBy(role.resource) })),
      chained: reached,
      unknown: distinct([...this.unknown, ...chained.flatMap(({ unknown }) => unknown)]),
    };
  }

  private add({ task, role, arn, sessionPolicy, address }: TaskRole): void {
    if (role === undefined) {
      const why = "the configuration does not hold it, so what it allows is not known";
      this.unknown.push({ what: `the role ${arn} of task ${task}`, why, source: { address } });
      return;
    }
    this.roles.set(role, this.access.roleOf(role));
    const session = sessionPolicy === undefined ? undefined : this.texts.of(sessionPolicy, address);
    const way = taskWay(task);
    const paths = this.access.pathsOf(role, way, session);
    this.starts.push({ start: { way, role, ...(session !== undefined && { paths }) }, paths });
    this.unknown.push(...this.access.unknownOf(role), ...(session?.unknown ?? []));
  }

  private addRole(role: Resource, key: string | undefined): void {
    const way = roleWay(key);
    this.starts.push({ start: { way, role }, paths: this.access.pathsAround(role, way) });
  }

  /** Code in these pods has all rights of the role, including those that no task uses. */
  private addPods({ role, key, unknown, who, address }: PodIdentity): void {
    if (role === undefined) {
      const why = "the configuration does not hold it, so what it allows is not known";
      this.unknown.push({ what: `the role ${key} of ${who}`, why, source: { address } });
      return;
    }
    const way = givenWay("pods", key, unknown);
    this.starts.push({ start: { way, role }, paths: this.access.pathsAs(role, way) });
    this.unknown.push(...this.access.unknownOf(role));
    if (unknown !== undefined)
      this.unknown.push({ what: `whether ${who} become ${key}`, why: unknown, source: { address } });
  }
}

/** The service account that belongs to one agent alone, as `namespace/name`, from the registry */
function workloads(estate: Estate): ReadonlyMap<string, string> {
  const agents = estate.registry?.["agents"];
  const found = new Map<string, string>();
  if (!isObject(agents)) return found;
  for (const [agent, declared] of Object.entries(agents)) {
    const workload = isObject(declared) ? member(declared, "workload") : undefined;
    if (!isObject(workload)) continue;
    const { namespace, serviceAccount } = workload;
    if (typeof namespace === "string" && typeof serviceAccount === "string") {
      found.set(agent, `${namespace}/${serviceAccount}`);
    }
  }
  return found;
}
