import type { Cluster } from "../cluster";
import { type Principal, accountSubject } from "../principal";
import type { Dimensions, Values } from "../sets/box";
import { TextValues } from "../sets/text-values";
import { right, type Right, roleType, URL, inNamespace, placeText, rightsOf } from "./right";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, text } from "../objects/values";
import { type Selector, selectorOf, takes } from "../sets/selector";
import type { JsonObject } from "../../../read/json";

/** RBAC rights, by subject */
export class Rights {
  private readonly bySubject = new Map<string, Binding[]>();
  private readonly known = new Map<Binding, readonly Right[]>();
  private readonly roles: Roles;

  public constructor(cluster: Cluster) {
    this.roles = new Roles(cluster);
    for (const binding of bindingsIn(cluster)) {
      for (const subject of new Set(binding.subjects)) {
        const bindings = this.bySubject.get(subject);
        if (bindings === undefined) this.bySubject.set(subject, [binding]);
        else bindings.push(binding);
      }
    }
  }

  public of({ subjects, accounts }: Principal): readonly Right[] {
    const groups = accounts.flatMap(({ namespace }) => groupsOfAccount(namespace));
    const bindings = new Set([...subjects, ...groups].flatMap((subject) => this.bySubject.get(subject) ?? []));
    return [...bindings].flatMap((binding) => this.given(binding));
  }

  private given(binding: Binding): readonly Right[] {
    const known = this.known.get(binding) ?? this.read(binding);
    this.known.set(binding, known);
    return known;
  }

  private read({ role, namespace, object }: Binding): readonly Right[] {
    const { objects, unread } = this.roles.parts(role.kind, role.name, namespace);
    return [
      ...objects.flatMap((part) => rightsOf(part, namespace, part.address)),
      ...(unread.length === 0 ? [] : [unreadRight(role.kind, unread, namespace, object.address)]),
    ];
  }
}

/** All rights of a role whose rules the estate does not hold */
function unreadRight(kind: string, roles: readonly string[], namespace: string | undefined, address: string): Right {
  const [name] = roles;
  const place = placeText(namespace);
  if (kind === "ClusterRole" && name === "cluster-admin") {
    const type: Dimensions = namespace === undefined ? [] : [["type", TextValues.except([URL])]];
    const box = new Map([...type, ...inNamespace(namespace)]);
    return right({ box, verb: "any verb", on: `every resource ${place}`, address });
  }
  const types = roles.map((role) => roleType(kind, role));
  const box = new Map<string, Values>([["type", TextValues.of(types)], ...inNamespace(namespace)]);
  return right({ box, verb: "", on: `everything that ${kind} ${name} gives ${place}`, address });
}

/** The roles of every cluster, each with the roles whose rules it includes */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ["view", ["view"]],
  ["edit", ["edit", "view"]],
  ["admin", ["admin", "edit", "view"]],
]);

const AGGREGATE_LABEL = "rbac.authorization.k8s.io/aggregate-to-";

/** A role by reference: the rules in the estate, and the names of the rest */
interface RoleParts {
  readonly objects: readonly KubernetesObject[];
  /** A built-in role, or one from elsewhere, whose rules cannot be read: its name, then the roles that it includes */
  readonly unread: readonly string[];
}

class Roles {
  private readonly byName = new Map<string, KubernetesObject>();

  public constructor(private readonly cluster: Cluster) {
    for (const role of cluster.of("Role")) this.byName.set(`Role ${role.namespace}/${role.name}`, role);
    for (const role of cluster.of("ClusterRole")) this.byName.set(`ClusterRole ${role.name}`, role);
  }

  /** @param namespace of the binding; undefined for the whole cluster */
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

  /** The controller writes the rules of an aggregated role: those of all roles that its selectors match. */
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

/** The subjects of a role, and where it is bound */
interface Binding {
  readonly object: KubernetesObject;
  /** Undefined for the whole cluster */
  readonly namespace: string | undefined;
  readonly role: { readonly kind: string; readonly name: string };
  /** As {@link accountSubject} writes accounts; `user x` and `group x` */
  readonly subjects: readonly string[];
}

const ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

export function bindingsIn(cluster: Cluster): readonly Binding[] {
  return [
    ...cluster.of("RoleBinding").map((object) => bindingOf(object, object.namespace)),
    ...cluster.of("ClusterRoleBinding").map((object) => bindingOf(object, undefined)),
  ];
}

function bindingOf(object: KubernetesObject, namespace: string | undefined): Binding {
  const reference = block(object.body, "roleRef");
  const role = { kind: text(reference, "kind") ?? "", name: text(reference, "name") ?? "" };
  return { object, namespace, role, subjects: blocks(object.body, "subjects").map(subjectOf) };
}

function subjectOf(subject: JsonObject): string {
  const name = text(subject, "name") ?? "";
  const kind = text(subject, "kind") ?? "";
  if (kind === "ServiceAccount") return accountSubject(text(subject, "namespace") ?? "default", name);
  const account = kind === "User" ? ACCOUNT_USER.exec(name) : null;
  return account === null
    ? `${kind.toLowerCase()} ${name}`
    : accountSubject(account[1] as string, account[2] as string);
}

/** Groups and the user that stand for every caller, authenticated or not. Source: Kubernetes, "Authenticating", service account tokens */
const EVERY_CALLER = ["group system:authenticated", "group system:unauthenticated", "user system:anonymous"];

/** Groups that the API server adds to a service account itself, and those of anonymous requests */
function groupsOfAccount(namespace: string): readonly string[] {
  return [...EVERY_CALLER, "group system:serviceaccounts", `group system:serviceaccounts:${namespace}`];
}
