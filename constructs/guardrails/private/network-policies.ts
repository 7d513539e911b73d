import type { Json } from "../../../domain";
import type { Block } from "../block";
import { digestOf } from "../finding";
import { objectOf, typesOf } from "../kubernetes-object";
import type { StackJson } from "../stack";
import { blockOf, blocksOf, type BlockBody, textOf, textsOf } from "../value";
import { namesNone, ON_EACH_NAMESPACE } from "./named-peers";
import { type Reach, reachOfRange } from "./network-ranges";
import { oncePer } from "./once-per";
import { sumToEverywhere } from "./range-sums";

/** What a rule about network policies looks at */
export const POLICY_TYPES = typesOf("NetworkPolicy");

/** What a rule of a network policy opens further than to named peers */
export interface OpenTraffic {
  /** Of the rule, such as `spec.egress[0]`, if it has no peers; of the peer, such as `spec.egress[0].to[0]` */
  readonly at: string;
  /** `ranges`: those of all rules are together as many as every address */
  readonly reach: Exclude<Reach, undefined> | "ranges";
  /** Whether the rule names no peer at all */
  readonly isUnnamed: boolean;
  /** Numbers or names; empty: each port */
  readonly ports: readonly string[];
  /** The rule, as it is written */
  readonly written: Json;
}

type Direction = "egress" | "ingress";

/** Agents reach the same exchange and gateway: most of a fleet's policies have the same rules. */
const openByText = oncePer<StackJson, Map<string, readonly OpenTraffic[]>>(() => new Map());

/** @throws UndecidedValue for what is known at apply only */
export function openTrafficOf(block: Block, stack: StackJson, direction: Direction): readonly OpenTraffic[] {
  const policy = objectOf(block, "NetworkPolicy");
  // Calico has a kind of this name.
  if (policy === undefined || /projectcalico/.test(String(policy.body["api_version"]))) return [];
  const spec = blockOf(policy.body, "spec", `${policy.at}spec`) ?? {};
  const { dynamic = null, [direction]: written = null } = spec;
  if (dynamic === null && written === null) return [];
  const known = openByText(stack);
  const text = `${policy.at}${direction} ${JSON.stringify([dynamic, written])}`;
  const before = known.get(text);
  if (before !== undefined) return before;
  const at = `${policy.at}spec.${direction}`;
  const rules = blocksOf(spec, direction, at);
  const single = rules.flatMap((rule, index) => openIn(rule, direction, `${at}[${index}]`));
  const open = [...single, ...togetherOpen(rules, direction, at)];
  known.set(text, open);
  return open;
}

function openIn(rule: BlockBody, direction: Direction, at: string): readonly OpenTraffic[] {
  const side = direction === "egress" ? "to" : "from";
  const peers = blocksOf(rule, side, `${at}.${side}`);
  const shared = { ports: portsOf(rule, at), written: rule as BlockBody & Json };
  if (peers.length === 0) return [{ at, reach: "everywhere", isUnnamed: true, ...shared }];
  return peers.flatMap((peer, index) => {
    const place = `${at}.${side}[${index}]`;
    const reach = reachOf(peer, place);
    return reach === undefined ? [] : [{ at: place, reach, isUnnamed: false, ...shared }];
  });
}

function portsOf(rule: BlockBody, at: string): readonly string[] {
  // The provider says `ports`; in a manifest, lists of ports are renamed as those of containers are.
  const ports = [...blocksOf(rule, "ports", `${at}.ports`), ...blocksOf(rule, "port", `${at}.ports`)];
  return ports.map((port) => (port["end_port"] ? "range" : (textOf(port, "port", `${at}.ports`) ?? "any")));
}

/** Whether a peer is every address */
function reachOf(peer: BlockBody, at: string): Reach {
  const addresses = blockOf(peer, "ip_block", `${at}.ip_block`);
  if (addresses !== undefined) {
    const cidr = textOf(addresses, "cidr", `${at}.ip_block.cidr`) ?? "";
    return reachOfRange(cidr, textsOf(addresses, "except", `${at}.ip_block.except`), `${at}.ip_block.cidr`);
  }
  const [namespaces, pods] = ["namespace_selector", "pod_selector"].map((name) => blockOf(peer, name, `${at}.${name}`));
  if (namespaces === undefined && pods === undefined) return "everywhere";
  const isForAll =
    namespaces !== undefined &&
    namesNone(namespaces, ON_EACH_NAMESPACE, `${at}.namespace_selector`) &&
    namesNone(pods ?? {}, NO_LABEL, `${at}.pod_selector`);
  return isForAll ? "cluster" : undefined;
}

/** No label is on each pod. */
const NO_LABEL = /^$/;

/** Ranges of which none is every address by itself, and which are together */
function togetherOpen(rules: readonly BlockBody[], direction: Direction, at: string): readonly OpenTraffic[] {
  const side = direction === "egress" ? "to" : "from";
  const closed = rules.map((rule) => ({
    rule,
    ranges: blocksOf(rule, side, at)
      .filter((peer) => (peer["ip_block"] ?? null) !== null && reachOf(peer, at) === undefined)
      .flatMap((peer) => textsOf(blockOf(peer, "ip_block") ?? {}, "cidr", at)),
  }));
  if (!sumToEverywhere(closed.flatMap(({ ranges }) => ranges))) return [];
  const inPart = closed.filter(({ ranges }) => ranges.length > 0).map(({ rule }) => rule);
  const ports = inPart.flatMap((rule) => {
    const written = portsOf(rule, at);
    return written.length === 0 ? ["any"] : written;
  });
  return [{ at, reach: "ranges", isUnnamed: false, ports, written: digestOf(inPart as Json) }];
}

/** An empty selector selects all. */
export function isEmpty(selector: BlockBody): boolean {
  return ["match_labels", "match_expressions"].every((name) => {
    const value = selector[name] ?? null;
    return value === null || (typeof value === "object" && Object.keys(value).length === 0);
  });
}
