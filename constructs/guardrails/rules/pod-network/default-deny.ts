import { existsWith } from "../../attached";
import type { Block } from "../../block";
import { nameOf, objectOf, objectsIn, typesOf, writtenName } from "../../kubernetes-object";
import { isEmpty } from "../../private/network-policies";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, blocksOf, textsOf } from "../../value";
import { oncePer } from "../../private/once-per";

/** A policy for all pods, in both directions, whose rules name their peers, in the stack that makes the namespace: pods may come before other stacks. */
export const defaultDeny: BlockRule = {
  id: "AMBIT-POD-NETWORK-DEFAULT-DENY",
  severity: "high",
  what: "each namespace must have a network policy that selects all pods and denies what it does not name",
  why: "a pod that no policy selects reaches everything, and is reached by everything",
  fix: "add a policy with an empty podSelector and both policyTypes in the same stack",
  standards: ["sp800-207/2", "sp800-207/6", "owasp-asi/ASI08", "sp800-53/SC-7", "maestro/L4"],
  looksAt: typesOf("Namespace"),
  *check(block, stack) {
    const namespace = objectOf(block, "Namespace");
    if (namespace === undefined) return;
    const name = nameOf(namespace.body, stack).name;
    if (
      name !== undefined &&
      deniedIn(stack)
        .get(name)
        ?.some((policy) => existsWith(policy, block)) === true
    )
      return;
    yield { what: "default-deny", at: `${namespace.at}metadata.name`, evidence: name ?? null };
  },
};

/** Each namespace asks, so it is read once. */
const deniedIn = oncePer((stack: StackJson): ReadonlyMap<string, readonly Block[]> => {
  const denied = new Map<string, Block[]>();
  for (const { block, body } of objectsIn(stack, "NetworkPolicy")) {
    const spec = blockOf(body, "spec") ?? {};
    const types = textsOf(spec, "policy_types");
    const isForAll = isEmpty(blockOf(spec, "pod_selector") ?? {});
    // What a rule with peers lets through is judged by itself; all else is denied.
    const namesPeers = [
      ...blocksOf(spec, "egress").map((rule) => blocksOf(rule, "to")),
      ...blocksOf(spec, "ingress").map((rule) => blocksOf(rule, "from")),
    ].every((peers) => peers.length > 0);
    if (!isForAll || !namesPeers || !types.includes("Ingress") || !types.includes("Egress")) continue;
    const namespace = writtenName(blockOf(body, "metadata")?.["namespace"], stack) ?? "default";
    denied.set(namespace, [...(denied.get(namespace) ?? []), block]);
  }
  return denied;
});
