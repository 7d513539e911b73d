import type { Json } from "../../../domain";
import { type KubernetesObject, typesOf } from "../kubernetes-object";
import { blocksOf, type BlockBody } from "../value";

export const BINDINGS = ["RoleBinding", "ClusterRoleBinding"] as const;

/** What a rule about bindings looks at */
export const BINDING_TYPES = typesOf(...BINDINGS);

/** Subjects that a binding gives its role to */
export function subjectsOf({ body, at }: KubernetesObject): readonly {
  readonly at: string;
  readonly subject: BlockBody;
  readonly written: Json;
}[] {
  return blocksOf(body, "subject", `${at}subject`).map((subject, index) => ({
    at: `${at}subject[${index}]`,
    subject,
    written: subject as BlockBody & Json,
  }));
}
