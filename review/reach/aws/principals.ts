import type { AccessPath, SourcedStatement } from "../../../iam/access/access";
import type { Unknown } from "../../change";
import type { Estate, Resource } from "../../read/resource";
import { taskRoles, type TaskRole } from "./agent-roles";
import { type ChainedRole, Chains, type Start } from "./chain/chains";
import { RoleEdges } from "./chain/role-edges";
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
  /** Roles that it may become from these; their paths are among its own. */
  readonly chained: readonly ChainedRole[];
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
  const owned = new Set([...declared.values()].flatMap((tasks) => tasks.flatMap(({ role }) => role ?? [])));
  const edges = new RoleEdges(estate, index, roles, texts);
  const chains = new Chains(edges, roles, () => true);
  // The exchange may become every agent, and gains with each: that is told once, of the agent.
  const others = new Chains(edges, roles, (role) => !owned.has(role));
  const principals = new Map<string, AwsPrincipal>();
  for (const [agent, tasks] of declared) {
    principals.set(agent, new AgentAccess(roles, chains, texts).principal(agent, tasks));
  }
  for (const role of index.roles) {
    if (!owned.has(role)) principals.set(role.address, rolePrincipal(role, roles, others));
  }
  return { principals, strays: policies.strays, resources };
}

class AgentAccess {
  private readonly paths: AccessPath[] = [];
  private readonly unknown: Unknown[] = [];
  private readonly starts: Start[] = [];
  private readonly roles = new Map<Resource, AwsRole>();

  constructor(
    private readonly access: RoleAccess,
    private readonly chains: Chains,
    private readonly texts: PolicyTexts,
  ) {}

  public principal(name: string, tasks: readonly TaskRole[]): AwsPrincipal {
    for (const task of tasks) this.add(task);
    for (const [role, { key }] of this.roles) this.addRole(role, this.roles.size === 1 ? "its role" : key);
    const chained = this.starts.map((start) => this.chains.from(start));
    const reached = chained.flatMap(({ roles }) => roles);
    return {
      name,
      isAgent: true,
      paths: [...this.paths, ...reached.flatMap(({ paths }) => paths)],
      denies: this.access.denies,
      roles: [...this.roles.values()],
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
    const name = `task ${task}`;
    const paths = this.access.pathsOf(role, name, session);
    this.paths.push(...paths);
    this.starts.push({ name, role, paths });
    this.unknown.push(...this.access.unknownOf(role), ...(session?.unknown ?? []));
  }

  private addRole(role: Resource, name: string): void {
    this.paths.push(...this.access.pathsAround(role, name));
    this.starts.push({ name, role, paths: this.access.pathsOf(role, name) });
  }
}

function rolePrincipal(role: Resource, access: RoleAccess, chains: Chains): AwsPrincipal {
  const name = "its role";
  const { roles: chained, unknown } = chains.from({ name, role, paths: access.pathsOf(role, name) });
  return {
    name: role.address,
    isAgent: false,
    paths: [...access.pathsAround(role, name), ...chained.flatMap(({ paths }) => paths)],
    denies: access.denies,
    roles: [access.roleOf(role)],
    chained,
    unknown: distinct([...access.unknownOf(role), ...unknown]),
  };
}

function distinct(unknown: readonly Unknown[]): readonly Unknown[] {
  return [...new Map(unknown.map((one) => [JSON.stringify(one), one])).values()];
}
