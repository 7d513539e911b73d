import type { Cluster } from "../cluster";
import type { Principal } from "../principal";
import type { Dimensions, Values } from "../sets/box";
import { TextValues } from "../sets/text-values";
import { type Binding, bindingsIn, groupsOfAccount } from "./bindings";
import { right, type Right, roleType, URL } from "./right";
import { Roles } from "./roles";
import { inNamespace, placeText, rightsOf } from "./rules";

/** What RBAC gives, by subject */
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

/** Everything that a role gives whose rules are not in the estate */
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
