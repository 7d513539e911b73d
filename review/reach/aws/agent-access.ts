import { distinct, type Unknown } from "../../change";
import type { Resource } from "../../read/resource";
import type { TaskRole } from "./agent-roles";
import type { Chains, Start } from "./chain/chains";
import type { PolicyTexts } from "./policy-texts";
import type { AwsPrincipal } from "./principal";
import type { AwsRole, RoleAccess } from "./role-access";
import type { PodIdentity } from "./service/pod-identities";
import { type AwsPath, givenWay, roleWay, taskWay } from "./way";

/** What one agent reaches: by each task, by its roles, and by the service account of its pods */
export class AgentAccess {
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

  /** Code in these pods has the rights of the role, whatever its tasks may do. */
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
