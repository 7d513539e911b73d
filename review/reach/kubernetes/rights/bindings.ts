import type { JsonObject } from "../../../read/json";
import type { Cluster } from "../cluster";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, text } from "../objects/values";
import { accountSubject } from "../principal";

/** Who holds a role, and where */
export interface Binding {
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

/** The groups that hold every service account. Source: Kubernetes, "Authenticating", service account tokens */
const EVERYBODY = ["group system:authenticated", "group system:unauthenticated", "user system:anonymous"];

/** Groups to which the API server adds a service account by itself, and those of requests without credentials */
export function groupsOfAccount(namespace: string): readonly string[] {
  return [...EVERYBODY, "group system:serviceaccounts", `group system:serviceaccounts:${namespace}`];
}
