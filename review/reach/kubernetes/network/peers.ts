import type { JsonObject } from "../../../read/json";
import { NAME_LABEL } from "../cluster";
import { block, blocks, canonical, optionalBlock, text, texts } from "../objects/values";
import { type Box, type Dimensions, type Values, boxText, checkPairs } from "../sets/box";
import { ABSENT, type Labels, type Selector, selectorOf, takes } from "../sets/selector";
import { TextValues } from "../sets/text-values";
import { addresses, portRange } from "../sets/number-values";

/**
 * Dimensions of traffic: `peer` (address, pod), `address`, `namespace <label>` and `pod <label>` of the peer,
 * `protocol`, `port` as a number, `named port`, and `question` for parts that cannot be read.
 */
export const PEER = { address: "address", pod: "pod" } as const;
export const ofNamespace = (label: string): string => `namespace ${label}`;
export const ofPod = (label: string): string => `pod ${label}`;

/** Namespaces with known labels; for every other one, a selector is compared as a set. */
export interface KnownNamespaces {
  readonly names: readonly string[];
  readonly labelsOf: (namespace: string) => Labels;
}

/** All that a policy can name. Source: Kubernetes API, NetworkPolicyPort */
export const PROTOCOLS = ["TCP", "UDP", "SCTP"];

/** The possible part of a box: a connection has a protocol, a namespace has its name as a label. */
export function real(box: Box): Box {
  const name = ofNamespace(NAME_LABEL);
  const names = TextValues.except([ABSENT]);
  const named = (box.get(name) as TextValues | undefined)?.and(names) ?? names;
  return new Map([["protocol", TextValues.of(PROTOCOLS)], ...box, [name, named]]);
}

/** All traffic that one rule of a policy allows; no peers are all peers, no ports are all ports. */
export function trafficOf(rule: JsonObject, side: "from" | "to", own: string, known: KnownNamespaces): readonly Box[] {
  const peers = blocks(rule, side);
  const ports = blocks(rule, "ports");
  const places = peers.length === 0 ? [[]] : peers.flatMap((peer) => peerBoxes(peer, own, known));
  const doors = ports.length === 0 ? [[]] : ports.map(portDimensions);
  checkPairs(places.length, doors.length, `a rule of a network policy, ${side}`);
  return places.flatMap((place) => doors.map((door) => new Map([...place, ...door])));
}

function peerBoxes(peer: JsonObject, own: string, known: KnownNamespaces): readonly Dimensions[] {
  const ipBlock = optionalBlock(peer, "ipBlock");
  if (ipBlock !== undefined) return [addressDimensions(ipBlock)];
  const namespaces = optionalBlock(peer, "namespaceSelector");
  const pods = optionalBlock(peer, "podSelector");
  if (namespaces === undefined && pods === undefined) return [opaquePeer(canonical(peer))];
  const podDimensions = [...selectorOf(block(peer, "podSelector"))].map(
    ([key, values]) => [ofPod(key), values] as const,
  );
  const places = namespaces === undefined ? [inNamespace(own)] : namespaceBoxes(selectorOf(namespaces), known);
  return places.map((place) => [["peer", TextValues.of([PEER.pod])], ...place, ...podDimensions]);
}

function addressDimensions(ipBlock: JsonObject): Dimensions {
  const block = addresses(text(ipBlock, "cidr") ?? "", texts(ipBlock, "except"));
  if (block === undefined) return opaquePeer(canonical(ipBlock));
  return [
    ["peer", TextValues.of([PEER.address])],
    ["address", block],
  ];
}

/** An unread peer equals itself, and is included in rules that allow every peer. */
function opaquePeer(written: string): Dimensions {
  return [["peer", TextValues.of([`\${${written}}`])]];
}

/** Each known namespace as itself, and all other names as a set */
function namespaceBoxes(selector: Selector, known: KnownNamespaces): readonly Dimensions[] {
  const places = known.names.flatMap((name) => {
    const taken = takes(selector, known.labelsOf(name));
    if (taken === undefined) return [[...inNamespace(name), openQuestion(name, selector)]];
    return taken ? [inNamespace(name)] : [];
  });
  const others = new Map(selector);
  if (known.names.length > 0) {
    const rest = TextValues.except(known.names);
    others.set(NAME_LABEL, others.get(NAME_LABEL)?.and(rest) ?? rest);
  }
  if (others.get(NAME_LABEL)?.isEmpty) return places;
  return [...places, [...others].map(([key, values]) => [ofNamespace(key), values] as const)];
}

/** Whether a selector matches a namespace depends on labels that cannot be read: equal questions have equal answers */
function openQuestion(name: string, selector: Selector): readonly [string, Values] {
  return ["question", TextValues.of([`\${${boxText(selector)} takes ${name}}`])];
}

function inNamespace(name: string): Dimensions {
  return [[ofNamespace(NAME_LABEL), TextValues.of([name])]];
}

function portDimensions(port: JsonObject): Dimensions {
  const protocol = ["protocol", TextValues.of([text(port, "protocol") ?? "TCP"])] as const;
  const first = text(port, "port");
  if (first === undefined || first === "") return [protocol];
  const range = portRange(first, text(port, "endPort") ?? first);
  if (range === undefined) return [protocol, ["named port", TextValues.of([first])]];
  return [protocol, ["named port", TextValues.of([""])], ["port", range]];
}
