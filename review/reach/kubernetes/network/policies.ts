import type { Cluster } from "../cluster";
import { groupBy } from "../../../group-by";
import { AGENT_LABEL } from "../labels";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, canonical, optionalBlock, texts } from "../objects/values";
import type { PodShape, Principal } from "../principal";
import type { Box } from "../sets/box";
import { type Selector, selectorOf, takes } from "../sets/selector";
import { type KnownNamespaces, trafficOf } from "./peers";

export const DIRECTIONS = ["egress", "ingress"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface NetworkPolicy {
  readonly object: KubernetesObject;
  readonly selector: Selector;
  readonly directions: readonly Direction[];
}

/** Allowed traffic, and the policy that allows it; without a policy if nothing isolates the pods */
export interface Traffic {
  readonly box: Box;
  readonly address?: string;
}

/** The policies that select the pods of a principal */
export interface SelectingPolicies {
  /** For each shape of pods, the policies that select it */
  readonly pods: readonly (readonly NetworkPolicy[])[];
  /** Policies that may select these pods, whose labels are unknown. */
  readonly possible: readonly NetworkPolicy[];
  readonly all: readonly NetworkPolicy[];
  /** Equal if the same traffic is allowed to the same pods */
  readonly written: string;
}

/** Policies by namespace and, if they select one agent, by agent */
export class Policies {
  private readonly byPlace: ReadonlyMap<string, readonly NetworkPolicy[]>;
  private readonly known = new Map<Principal, SelectingPolicies>();

  public constructor(cluster: Cluster) {
    this.byPlace = groupBy(cluster.of("NetworkPolicy").map(policyOf), ({ object, selector }) =>
      placeOf(object.namespace, selector.get(AGENT_LABEL)?.only),
    );
  }

  public selecting(principal: Principal): SelectingPolicies {
    const known = this.known.get(principal) ?? this.selected(principal);
    this.known.set(principal, known);
    return known;
  }

  private selected(principal: Principal): SelectingPolicies {
    const found = principal.pods.map((pod) => this.answers(pod));
    const pods = found.map((answers) => answers.filter(({ taken }) => taken).map(({ policy }) => policy));
    const all = found.flatMap((answers) => answers.map(({ policy }) => policy));
    const possible = found
      .flat()
      .filter(({ taken }) => taken === undefined)
      .map(({ policy }) => policy);
    const written = found.map((answers) => answers.map(({ policy }) => policy.object.id).sort());
    return { pods, possible, all, written: JSON.stringify(written) };
  }

  /** The policies that select a pod, or may */
  private answers({ namespace, labels }: PodShape): readonly Answer[] {
    const agent = labels.values.get(AGENT_LABEL);
    const places = [placeOf(namespace, undefined), ...(agent === undefined ? [] : [placeOf(namespace, agent)])];
    return places
      .flatMap((place) => this.byPlace.get(place) ?? [])
      .map((policy) => ({ policy, taken: takes(policy.selector, labels) }))
      .filter(({ taken }) => taken !== false);
  }
}

interface Answer {
  readonly policy: NetworkPolicy;
  readonly taken: boolean | undefined;
}

function placeOf(namespace: string, agent: string | undefined): string {
  return JSON.stringify([namespace, agent]);
}

function policyOf(object: KubernetesObject): NetworkPolicy {
  const spec = block(object.body, "spec");
  const types = texts(spec, "policyTypes").map((type) => type.toLowerCase());
  const implied: Direction[] = blocks(spec, "egress").length > 0 ? ["ingress", "egress"] : ["ingress"];
  return {
    object,
    selector: selectorOf(block(spec, "podSelector")),
    directions: types.length === 0 ? implied : DIRECTIONS.filter((one) => types.includes(one)),
  };
}

/** Selectors of the namespaces in a policy's rules */
export function peerNamespaces({ object }: NetworkPolicy): readonly Selector[] {
  const spec = block(object.body, "spec");
  return [...blocks(spec, "egress"), ...blocks(spec, "ingress")]
    .flatMap((rule) => [...blocks(rule, "to"), ...blocks(rule, "from")])
    .flatMap((peer) => {
      const selector = optionalBlock(peer, "namespaceSelector");
      return selector === undefined ? [] : [selectorOf(selector)];
    });
}

/** Equal for equal policies of the same namespace */
export function policyText({ object }: NetworkPolicy): string {
  return canonical([object.namespace, block(object.body, "spec")]);
}

/** Allowed traffic: the union of the policies; everything if none isolates the pods. */
export function trafficAllowed(
  policies: readonly NetworkPolicy[],
  direction: Direction,
  known: KnownNamespaces,
): readonly Traffic[] {
  const isolating = policies.filter(({ directions }) => directions.includes(direction));
  if (isolating.length === 0) return [{ box: new Map() }];
  const side = direction === "egress" ? "to" : "from";
  return isolating.flatMap(({ object }) =>
    blocks(block(object.body, "spec"), direction).flatMap((rule) =>
      trafficOf(rule, side, object.namespace, known).map((box) => ({ box, address: object.address })),
    ),
  );
}
