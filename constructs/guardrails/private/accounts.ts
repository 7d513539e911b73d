import { existsWith } from "../attached";
import type { Block } from "../block";
import { nameOf, objectOf, objectsIn, writtenName } from "../kubernetes-object";
import { POD_TYPES, podsOf, type PodTemplate } from "../pods";
import type { StackJson } from "../stack";
import { blocksOf } from "../value";
import { oncePer } from "./once-per";

/** Whether a binding of the stack gives rights to a service account, `namespace/name`, whenever the block exists */
export function isBoundFor(block: Block, account: string, stack: StackJson): boolean {
  return (
    bindingsIn(stack)
      .get(account)
      ?.some((binding) => existsWith(binding, block)) === true
  );
}

/** The bindings of each service account. Each pod asks, so they are read once. */
const bindingsIn = oncePer((stack: StackJson): ReadonlyMap<string, readonly Block[]> => {
  const bound = new Map<string, Block[]>();
  for (const { block, body } of objectsIn(stack, "RoleBinding", "ClusterRoleBinding")) {
    const { namespace } = nameOf(body, stack);
    for (const subject of blocksOf(body, "subject")) {
      const name = writtenName(subject["name"], stack);
      if (subject["kind"] !== "ServiceAccount" || name === undefined) continue;
      const account = `${writtenName(subject["namespace"], stack) ?? namespace ?? "default"}/${name}`;
      const others = bound.get(account);
      if (others === undefined) bound.set(account, [block]);
      else others.push(block);
    }
  }
  return bound;
});

/**
 * Whether a pod gets its account, and a token of it, from elsewhere: a controller completes it, or it is a template of agent-sandbox, which
 * mounts no token by itself and whose claims give the identity.
 */
export function getsItsAccount(block: Block, { isPart }: PodTemplate): boolean {
  return isPart === true || objectOf(block, "SandboxTemplate") !== undefined;
}

/** Service account of each pod of a resource, as `namespace/name`; undefined where the name is known at apply only, or comes from elsewhere */
export function accountsOf(block: Block, stack: StackJson): readonly (string | undefined)[] {
  const body = objectOf(block)?.body ?? {};
  const namespace = nameOf(body, stack).namespace ?? "default";
  return podsOf(block).map((pod) => {
    const written = pod.spec["service_account_name"] ?? pod.spec["service_account"] ?? null;
    if (written === null && getsItsAccount(block, pod)) return undefined;
    const name = writtenName(written === null || written === "" ? "default" : written, stack);
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
