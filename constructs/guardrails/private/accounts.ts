import type { Json } from "../../../domain";
import { existsWith } from "../attached";
import type { Block } from "../block";
import { nameOf, objectOf, objectsIn, writtenName } from "../kubernetes-object";
import { POD_TYPES, podsOf, type PodTemplate } from "../pods";
import type { StackJson } from "../stack";
import { blocksOf, isObject, listOf } from "../value";
import { stacksBeside } from "./beside";
import { isOfInstance, isRepeated } from "./instances";
import { namedUsers } from "./named-users";
import { oncePer } from "./once-per";
import { placeOf } from "./places";

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

/**
 * Who has a service account, as `<stack>/<address>`, in the stack and in those beside it of the same cluster: undefined if it is this block
 * alone, which makes one workload.
 */
export function accountSharersOf(account: string, block: Block, stack: StackJson): Json | undefined {
  const place = placeOf(block, stack);
  const known = sharersIn(stack);
  const key = `${account} ${place}`;
  const users = known.get(key) ?? sharersAt(account, place, stack);
  known.set(key, users);
  return users.count < 2 && !isForSeveral(block) ? undefined : users.named;
}

interface Sharers {
  readonly count: number;
  readonly named: Json;
}

/** Each workload asks. */
const sharersIn = oncePer<StackJson, Map<string, Sharers>>(() => new Map());

function sharersAt(account: string, place: string, stack: StackJson): Sharers {
  const names = stacksBeside(stack).flatMap((each) => {
    const found = workloadsIn(each).get(account) ?? [];
    const here = each === stack ? found : found.filter((other) => placeOf(other, each) === place);
    return here.map(({ address }) => `${each.name}/${address}`);
  });
  return { count: names.length, named: namedUsers(names.sort()) };
}

/** Whether a block makes several workloads, all with the same account. Pods that one block makes are copies of one workload. */
function isForSeveral(block: Block): boolean {
  if (!isRepeated(block) || objectOf(block, "Pod") !== undefined) return false;
  const [metadata] = listOf(objectOf(block)?.body["metadata"]);
  return !isOfInstance(isObject(metadata) ? metadata["namespace"] : undefined);
}

/** The workloads of each service account. Each of them asks, so it is read once. */
const workloadsIn = oncePer((stack: StackJson): ReadonlyMap<string, readonly Block[]> => {
  const used = new Map<string, Block[]>();
  for (const block of stack.blocks) {
    if (block.mode !== "resource" || !runsPods(block)) continue;
    for (const account of new Set(accountsOf(block, stack))) {
      if (account === undefined) continue;
      const others = used.get(account);
      if (others === undefined) used.set(account, [block]);
      else others.push(block);
    }
  }
  return used;
});

function runsPods({ type, body }: Block): boolean {
  // One that is known at apply only is a finding of the rule that looks at it.
  if (type === "kubernetes_manifest") return typeof body["manifest"] === "object" && body["manifest"] !== null;
  return POD_TYPES.some((each) => typeof each !== "string" && each.test(type));
}
