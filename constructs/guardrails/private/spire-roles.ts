import { existsWith } from "../attached";
import type { Block } from "../block";
import { type KubernetesObject, nameOf, objectOf, objectsIn, writtenName } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { blockOf } from "../value";
import { BINDINGS, subjectsOf } from "./bindings";
import type { RoleRule } from "./role-rules";

interface KnownRole {
  /** The one account, as `namespace/name` */
  readonly account: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly names: readonly string[];
}

/**
 * Rights that SPIRE's own cluster roles need, as `constructs/spire/` writes them: kubelets before Kubernetes 1.33 show their pods to those who
 * may use `nodes/proxy` alone, and the controller manager writes its certificate into its own webhook.
 */
const SPIRE_ROLES: ReadonlyMap<string, KnownRole> = new Map([
  ["spire-agent", { account: "spire-system/spire-agent", resource: "nodes/proxy", verbs: ["get"], names: [] }],
  [
    "spire-controller-manager",
    {
      account: "spire-server/spire-server",
      resource: "validatingwebhookconfigurations",
      verbs: ["get", "patch"],
      names: ["spire-controller-manager-webhook"],
    },
  ],
]);

/** Whether a rule gives SPIRE what it needs: the role is known by its name, and the same stack binds it to SPIRE's account and no other. */
export function isRightOfSpire(block: Block, rule: RoleRule, stack: StackJson): boolean {
  const role = objectOf(block, "ClusterRole");
  const name = role === undefined ? undefined : nameOf(role.body, stack).name;
  const known = SPIRE_ROLES.get(name ?? "");
  if (known === undefined || rule.resources.join() !== known.resource || rule.names.join() !== known.names.join())
    return false;
  const bindings = objectsIn(stack, ...BINDINGS).filter((each) => roleIn(each, stack) === name);
  return (
    rule.verbs.every((verb) => known.verbs.includes(verb)) &&
    bindings.some((each) => existsWith(each.block, block)) &&
    bindings.every((each) => !hasOthersThanSpire(each, stack))
  );
}

/** Whether a binding gives a role of SPIRE to another account than SPIRE's */
export function hasOthersThanSpire(binding: KubernetesObject, stack: StackJson): boolean {
  const known = SPIRE_ROLES.get(roleIn(binding, stack) ?? "");
  return (
    known !== undefined &&
    subjectsOf(binding).some(
      ({ subject: { kind, namespace = null, name = null } }) =>
        kind !== "ServiceAccount" ||
        `${writtenName(namespace, stack) ?? ""}/${writtenName(name, stack) ?? ""}` !== known.account,
    )
  );
}

function roleIn({ body }: KubernetesObject, stack: StackJson): string | undefined {
  return writtenName(blockOf(body, "role_ref")?.["name"], stack);
}
