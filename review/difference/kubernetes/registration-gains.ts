import { Budget, TooComplex } from "../../../iam/sets/budget";
import type { Cluster } from "../../reach/kubernetes/cluster";
import { KNOWN_AT_APPLY } from "../../reach/kubernetes/fact";
import { grouped } from "../../grouped";
import { ofNamespace, ofPod, PEER, real } from "../../reach/kubernetes/network/peers";
import { peerText } from "../../reach/kubernetes/network/traffic-text";
import { isOpaque } from "../../reach/kubernetes/objects/values";
import { type Box, outside, type Values } from "../../reach/kubernetes/sets/box";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import { type Registration, registrationsIn, settingsOf } from "../../reach/kubernetes/spiffe/registrations";
import { templateText } from "../../reach/kubernetes/spiffe/template";
import { type Gains, NOTHING } from "./changes";

/** Pods, of anybody, that get an identity in head and not in base, by address of the registration */
export function registrationGains(base: Cluster, head: Cluster): ReadonlyMap<string, Gains> {
  const before = grouped(registrationsIn(base), ({ template }) => template);
  return new Map(
    registrationsIn(head).map((registration) => [
      registration.object.address,
      gainOf(registration, before.get(registration.template) ?? []),
    ]),
  );
}

/** @param before those of the same template */
function gainOf(registration: Registration, before: readonly Registration[]): Gains {
  const { template, object } = registration;
  const what = `more pods get the identity ${templateText(template, {})}`;
  const source = { address: object.address };
  try {
    const alike = before.filter((other) => isAlike(other, registration)).map(boxOf);
    const found = outside(real(boxOf(registration)), alike, new Budget());
    if (found === undefined) return NOTHING;
    const witness = `${peerText(found)} gets it`;
    if (isOpaque(witness)) return { gains: [], unknown: [{ what, why: KNOWN_AT_APPLY, source }] };
    return { gains: [{ kind: "identity", what, witness, source }], unknown: [] };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { gains: [], unknown: [{ what, why: error.message, source }] };
  }
}

/** Gives the identity to at least the same processes of a pod */
function isAlike(other: Registration, registration: Registration): boolean {
  const wanted = new Set(registration.processes);
  return settingsOf(other) === settingsOf(registration) && other.processes.every((process) => wanted.has(process));
}

function boxOf({ namespaces, pods }: Registration): Box {
  return new Map<string, Values>([
    ["peer", TextValues.of([PEER.pod])],
    ...[...namespaces].map(([key, values]) => [ofNamespace(key), values] as const),
    ...[...pods].map(([key, values]) => [ofPod(key), values] as const),
  ]);
}
