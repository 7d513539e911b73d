import type { Cluster } from "../cluster";
import type { KubernetesObject } from "../objects/object";
import { block, blocks } from "../objects/values";
import { type Selector, selectorOf, takes } from "../sets/selector";

/** The roles that every cluster has, each with those whose rules it holds besides its own */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ["view", ["view"]],
  ["edit", ["edit", "view"]],
  ["admin", ["admin", "edit", "view"]],
]);

const AGGREGATE_LABEL = "rbac.authorization.k8s.io/aggregate-to-";

/** A role by reference: what stands in the estate, and the name of the rest */
export interface RoleParts {
  readonly objects: readonly KubernetesObject[];
  /** The cluster's own role, or one from elsewhere, whose rules nobody can read here: its name, then what it holds */
  readonly unread: readonly string[];
}

export class Roles {
  private readonly byName = new Map<string, KubernetesObject>();

  public constructor(private readonly cluster: Cluster) {
    for (const role of cluster.of("Role")) this.byName.set(`Role ${role.namespace}/${role.name}`, role);
    for (const role of cluster.of("ClusterRole")) this.byName.set(`ClusterRole ${role.name}`, role);
  }

  /** @param namespace of the binding; undefined where it holds everywhere */
  public parts(kind: string, name: string, namespace: string | undefined): RoleParts {
    const key = kind === "Role" ? `Role ${namespace ?? ""}/${name}` : `${kind} ${name}`;
    const role = this.byName.get(key);
    if (role !== undefined) return { objects: this.aggregated(role), unread: [] };
    const contained = kind === "ClusterRole" ? BUILT_IN.get(name) : undefined;
    if (contained === undefined) return { objects: [], unread: [name] };
    const keys = contained.map((part) => `${AGGREGATE_LABEL}${part}`);
    const isPart = ({ labels }: KubernetesObject) => keys.some((key) => labels.get(key) === "true");
    const objects = this.cluster.of("ClusterRole").filter(isPart);
    return { objects, unread: contained };
  }

  /** The controller writes the rules of an aggregated role: all those of the roles that its selectors take. */
  private aggregated(role: KubernetesObject, seen: Set<KubernetesObject> = new Set()): readonly KubernetesObject[] {
    if (seen.has(role)) return [];
    seen.add(role);
    const selectors = blocks(block(role.body, "aggregationRule"), "clusterRoleSelectors").map(selectorOf);
    if (role.kind !== "ClusterRole" || selectors.length === 0) return [role];
    return this.cluster
      .of("ClusterRole")
      .filter((other) => other !== role && selectors.some((selector) => isTaken(other, selector)))
      .flatMap((other) => this.aggregated(other, seen));
  }
}

function isTaken({ labels }: KubernetesObject, selector: Selector): boolean {
  return takes(selector, { values: labels, isKnown: () => true }) !== false;
}
