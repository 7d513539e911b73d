import type { Json } from "../../../domain";
import type { Block } from "../block";
import { objectOf, typesOf } from "../kubernetes-object";
import { blocksOf, type BlockBody, textsOf } from "../value";

/** A rule of a role, as Kubernetes reads it */
export interface RoleRule {
  /** Such as `rule[0]` */
  readonly at: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Empty: each object of the resources */
  readonly names: readonly string[];
  readonly isClusterWide: boolean;
  /** As it is written */
  readonly written: Json;
}

/** What a rule about roles looks at */
export const ROLE_TYPES = typesOf("Role", "ClusterRole");

/** @throws UndecidedValue for what is known at apply only */
export function roleRulesOf(block: Block): readonly RoleRule[] {
  const role = objectOf(block, "Role", "ClusterRole");
  if (role === undefined) return [];
  return blocksOf(role.body, "rule", `${role.at}rule`).map((rule, index) => {
    const at = `${role.at}rule[${index}]`;
    const list = (name: string): readonly string[] => textsOf(rule, name, `${at}.${name}`);
    return {
      at,
      groups: list("api_groups"),
      resources: list("resources"),
      verbs: list("verbs"),
      names: list("resource_names"),
      isClusterWide: role.kind === "ClusterRole",
      written: rule as BlockBody & Json,
    };
  });
}

/** Whether a rule of a role is about a resource, with its subresources by `pods/*` */
export function reaches({ groups, resources }: RoleRule, group: string, resource: string): boolean {
  const below = resource.includes("/") ? [`*/${resource.slice(resource.indexOf("/") + 1)}`] : [];
  return (
    [group, "*"].some((each) => groups.includes(each)) &&
    [resource, "*", ...below].some((each) => resources.includes(each))
  );
}

/** Which of these verbs a rule of a role gives */
export function verbsIn({ verbs }: RoleRule, ...wanted: readonly string[]): readonly string[] {
  return verbs.includes("*") ? wanted : wanted.filter((each) => verbs.includes(each));
}
