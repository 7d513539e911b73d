import type { Json } from "../../../domain";
import type { Block } from "../block";
import { objectOf, typesOf } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { blockOf, blocksOf, type BlockBody, textOf, textsOf } from "../value";
import { type Reach, reachOfRange } from "./network-ranges";
import { oncePer } from "./once-per";

/** What a rule about network policies looks at */
export const POLICY_TYPES = typesOf("NetworkPolicy");

/** A rule of a network policy, in one direction */
export interface TrafficRule {
  /** Such as `spec.egress[0]` */
  readonly at: string;
  readonly peers: readonly Peer[];
  /** Numbers or names; empty: each port */
  readonly ports: readonly string[];
  /** As it is written */
  readonly written: Json;
}

export interface Peer {
  /** Such as `spec.egress[0].to[0]` */
  readonly at: string;
  readonly body: BlockBody;
}

type Direction = "egress" | "ingress";

/** Agents reach the same exchange and gateway: most of a fleet's policies have the same rules. */
const rulesByText = oncePer<StackJson, Map<string, readonly TrafficRule[]>>(() => new Map());

/** @throws UndecidedValue for what is known at apply only */
export function trafficOf(block: Block, stack: StackJson, direction: Direction): readonly TrafficRule[] {
  const policy = objectOf(block, "NetworkPolicy");
  // Calico has a kind of this name.
  if (policy === undefined || /projectcalico/.test(String(policy.body["api_version"]))) return [];
  const spec = blockOf(policy.body, "spec", `${policy.at}spec`) ?? {};
  const { dynamic = null, [direction]: written = null } = spec;
  if (dynamic === null && written === null) return [];
  const known = rulesByText(stack);
  const text = `${policy.at}${direction} ${JSON.stringify([dynamic, written])}`;
  const before = known.get(text);
  if (before !== undefined) return before;
  const rules = rulesIn(spec, direction, policy.at);
  known.set(text, rules);
  return rules;
}

function rulesIn(spec: BlockBody, direction: Direction, above: string): readonly TrafficRule[] {
  return blocksOf(spec, direction, `${above}spec.${direction}`).map((rule, index) => {
    const at = `${above}spec.${direction}[${index}]`;
    const side = direction === "egress" ? "to" : "from";
    // The provider says `ports`; in a manifest, lists of ports are renamed as those of containers are.
    const ports = [...blocksOf(rule, "ports", `${at}.ports`), ...blocksOf(rule, "port", `${at}.ports`)];
    return {
      at,
      peers: blocksOf(rule, side, `${at}.${side}`).map((body, place) => ({ at: `${at}.${side}[${place}]`, body })),
      ports: ports.map((port) => (port["end_port"] ? "range" : (textOf(port, "port", `${at}.ports`) ?? "any"))),
      written: rule as BlockBody & Json,
    };
  });
}

/** Whether a peer is every address */
export const reachOf: (peer: Peer) => Reach = oncePer(reachIn);

function reachIn({ at, body: peer }: Peer): Reach {
  const addresses = blockOf(peer, "ip_block", `${at}.ip_block`);
  if (addresses !== undefined) {
    const cidr = textOf(addresses, "cidr", `${at}.ip_block.cidr`) ?? "";
    return reachOfRange(cidr, textsOf(addresses, "except", `${at}.ip_block.except`), `${at}.ip_block.cidr`);
  }
  const [namespaces, pods] = ["namespace_selector", "pod_selector"].map((name) => blockOf(peer, name, `${at}.${name}`));
  if (namespaces === undefined && pods === undefined) return "everywhere";
  return namespaces !== undefined && isEmpty(namespaces) && isEmpty(pods ?? {}) ? "cluster" : undefined;
}

/** An empty selector selects all. */
export function isEmpty(selector: BlockBody): boolean {
  return ["match_labels", "match_expressions"].every((name) => {
    const value = selector[name] ?? null;
    return value === null || (typeof value === "object" && Object.keys(value).length === 0);
  });
}
