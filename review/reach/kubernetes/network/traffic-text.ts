import { NAME_LABEL } from "../cluster";
import type { Box } from "../sets/box";
import { type NumberValues, exampleAddress, rangeText } from "../sets/number-values";
import { ABSENT } from "../sets/selector";
import type { TextValues } from "../sets/text-values";
import { ofNamespace, ofPod, PEER, PROTOCOLS } from "./peers";
import type { Direction, Traffic } from "./policies";

/** For examples */
const ANY_PORT = [443n];

/** One connection of a box, such as `TCP 443 to 10.0.17.1` */
export function trafficText(box: Box, direction: Direction): string {
  const protocol = texts(box, "protocol")?.example(PROTOCOLS) ?? "TCP";
  const named = texts(box, "named port")?.example([""]) ?? "";
  const port = named === "" ? String(numbers(box, "port")?.example(ANY_PORT) ?? ANY_PORT[0]) : named;
  return `${protocol} ${port} ${direction === "egress" ? "to" : "from"} ${peerText(box)}`;
}

/** One peer of a box */
export function peerText(box: Box): string {
  const peer = texts(box, "peer")?.example([PEER.address, PEER.pod]) ?? PEER.address;
  if (peer === PEER.address) return exampleAddress(numbers(box, "address"));
  if (peer !== PEER.pod) return peer;
  const name = texts(box, ofNamespace(NAME_LABEL))?.example([]) ?? "x1";
  const namespace = labelTexts(box, ofNamespace(""), NAME_LABEL);
  const pod = labelTexts(box, ofPod(""), undefined);
  return `a pod${pod === "" ? "" : ` with ${pod}`} in namespace ${name}${namespace === "" ? "" : ` with ${namespace}`}`;
}

/** Labels of an example, without the ones that it must not have */
function labelTexts(box: Box, prefix: string, except: string | undefined): string {
  return [...box]
    .filter(([dimension]) => dimension.startsWith(prefix) && dimension !== `${prefix}${except}`)
    .map(([dimension, values]) => [dimension.slice(prefix.length), (values as TextValues).example([ABSENT])] as const)
    .filter(([, value]) => value !== ABSENT)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(", ");
}

/** A whole box in words, such as `to 10.0.17.0/24, TCP 443` */
export function trafficWords({ box, address }: Traffic, direction: Direction): string {
  const side = direction === "egress" ? "to" : "from";
  if (address === undefined) return `${side} anywhere: no network policy isolates its pods`;
  return `${side} ${peerWords(box)}${portWords(box)}`;
}

function peerWords(box: Box): string {
  const peer = texts(box, "peer")?.only;
  if (peer === undefined) return "anywhere";
  if (peer === PEER.address) return rangeWords(box.get("address") as NumberValues);
  if (peer !== PEER.pod) return peer;
  const pods = selectorWords(box, ofPod(""));
  const namespaces = selectorWords(box, ofNamespace(""));
  return `${pods === "" ? "every pod" : `pods with ${pods}`} in ${namespaces === "" ? "every namespace" : `namespaces with ${namespaces}`}`;
}

function selectorWords(box: Box, prefix: string): string {
  return [...box]
    .filter(([dimension]) => dimension.startsWith(prefix))
    .map(([dimension, values]) => valueWords(dimension.slice(prefix.length), values as TextValues))
    .sort()
    .join(", ");
}

function valueWords(key: string, values: TextValues): string {
  const listed = [...values.listed].filter((value) => value !== ABSENT).sort();
  const hasAbsent = values.has(ABSENT);
  if (values.isComplement) {
    const but = listed.length === 0 ? "" : ` but ${listed.join(", ")}`;
    return hasAbsent ? `any ${key}${but}` : `a ${key}${but}`;
  }
  return listed.length === 0 ? `no ${key}` : `${key}=${listed.join(" or ")}${hasAbsent ? " or none" : ""}`;
}

function rangeWords({ set }: NumberValues): string {
  return set.intervals.map(rangeText).join(", ");
}

function portWords(box: Box): string {
  const protocol = texts(box, "protocol")?.only;
  if (protocol === undefined) return "";
  const named = texts(box, "named port")?.only ?? "";
  const ports = numbers(box, "port")?.set.intervals ?? [];
  const numbered = ports.map(({ from, to }) => (from === to ? `${from}` : `${from} - ${to}`)).join(", ");
  return `, ${[protocol, named === "" ? numbered : named].filter((part) => part !== "").join(" ")}`;
}

function texts(box: Box, dimension: string): TextValues | undefined {
  return box.get(dimension) as TextValues | undefined;
}

function numbers(box: Box, dimension: string): NumberValues | undefined {
  return box.get(dimension) as NumberValues | undefined;
}
