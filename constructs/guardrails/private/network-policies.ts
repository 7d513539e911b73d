import type { Json } from "../../../domain";
import type { Block } from "../block";
import { objectOf, typesOf } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { blockOf, blocksOf, type BlockBody, textOf, textsOf, UndecidedValue } from "../value";
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
  if (policy === undefined) return [];
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

/** Ranges that are no destination outside: nodes, pods, and what answers for the node's own identity (RFC 1918, RFC 3927) */
const INSIDE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];

type Reach = "everywhere" | "outside" | "cluster" | undefined;

/** Whether a peer is every address: `outside` where the ranges of private networks and of metadata are left out */
export const reachOf: (peer: Peer) => Reach = oncePer(reachIn);

function reachIn({ at, body: peer }: Peer): Reach {
  const addresses = blockOf(peer, "ip_block", `${at}.ip_block`);
  if (addresses !== undefined) {
    const cidr = textOf(addresses, "cidr", `${at}.ip_block.cidr`) ?? "";
    const length = Number(cidr.split("/")[1]);
    if (Number.isNaN(length)) throw new UndecidedValue(`${at}.ip_block.cidr`, cidr, `${at}.ip_block.cidr is no range`);
    // Halves of all addresses are all addresses in two rules.
    if (length >= (cidr.includes(":") ? 4 : 8)) return undefined;
    const except = textsOf(addresses, "except", `${at}.ip_block.except`);
    return !cidr.includes(":") && INSIDE.every((range) => except.includes(range)) ? "outside" : "everywhere";
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
