import type { Block } from "../block";
import { nameOf, objectOf, objectsIn, writtenName } from "../kubernetes-object";
import { POD_TYPES, podsOf } from "../pods";
import type { StackJson } from "../stack";
import { blocksOf } from "../value";
import { oncePer } from "./once-per";

/** Service accounts, as `namespace/name`, that a binding of the stack gives rights. Each pod asks, so it is read once. */
export const boundAccountsIn = oncePer((stack: StackJson): ReadonlySet<string> => {
  const bound = new Set<string>();
  for (const { body } of objectsIn(stack, "RoleBinding", "ClusterRoleBinding")) {
    const { namespace } = nameOf(body, stack);
    for (const subject of blocksOf(body, "subject")) {
      const name = writtenName(subject["name"], stack);
      if (subject["kind"] !== "ServiceAccount" || name === undefined) continue;
      bound.add(`${writtenName(subject["namespace"], stack) ?? namespace ?? "default"}/${name}`);
    }
  }
  return bound;
});

/** Service account of each pod of a resource, as `namespace/name`; undefined where the name is known at apply only */
export function accountsOf(block: Block, stack: StackJson): readonly (string | undefined)[] {
  const body = objectOf(block)?.body ?? {};
  const namespace = nameOf(body, stack).namespace ?? "default";
  return podsOf(block).map(({ spec }) => {
    const written = spec["service_account_name"] ?? spec["service_account"] ?? "default";
    const name = writtenName(written === "" ? "default" : written, stack);
    return name === undefined ? undefined : `${namespace}/${name}`;
  });
}

/** Addresses of the workloads of each service account. Each of them asks, so it is read once. */
export const workloadsByAccount = oncePer((stack: StackJson): ReadonlyMap<string, readonly string[]> => {
  const used = new Map<string, string[]>();
  for (const block of stack.blocks) {
    if (block.mode !== "resource" || !runsPods(block)) continue;
    for (const account of new Set(accountsOf(block, stack)))
      if (account !== undefined) used.set(account, [...(used.get(account) ?? []), block.address]);
  }
  return used;
});

function runsPods({ type, body }: Block): boolean {
  // One that is known at apply only is a finding of the rule that looks at it.
  if (type === "kubernetes_manifest") return typeof body["manifest"] === "object" && body["manifest"] !== null;
  return POD_TYPES.some((each) => typeof each !== "string" && each.test(type));
}
