import type { Cluster } from "../cluster";
import { AGENT_LABEL } from "../labels";
import type { KubernetesObject } from "../objects/object";
import { block, blocks, canonical, texts } from "../objects/values";
import type { PodShape } from "../principal";
import type { Box } from "../sets/box";
import { type Selector, selectorOf, takes } from "../sets/selector";
import { type KnownNamespaces, trafficOf } from "./peers";

export type Direction = "egress" | "ingress";

export interface NetworkPolicy {
  readonly object: KubernetesObject;
  readonly selector: Selector;
  readonly directions: readonly Direction[];
  /** Equal for policies that say the same of the same namespace */
  readonly written: string;
}

/** Traffic that is allowed, and the policy that allows it; none where nothing isolates the pods */
export interface Traffic {
  readonly box: Box;
  readonly address?: string;
}

/** The policies that select pods */
export interface Selected {
  readonly sure: readonly NetworkPolicy[];
  /** Nobody can say whether these do, as the labels of the pods are not known here. */
  readonly possible: readonly NetworkPolicy[];
}

/** Policies by namespace and, where they select one agent, by agent */
export class Policies {
  private readonly byPlace = new Map<string, NetworkPolicy[]>();

  public constructor(cluster: Cluster) {
    for (const object of cluster.of("NetworkPolicy")) {
      const policy = policyOf(object);
      const place = placeOf(object.namespace, policy.selector.get(AGENT_LABEL)?.only);
      const policies = this.byPlace.get(place);
      if (policies === undefined) this.byPlace.set(place, [policy]);
      else policies.push(policy);
    }
  }

  public selecting({ namespace, labels }: PodShape): Selected {
    const agent = labels.values.get(AGENT_LABEL);
    const places = [placeOf(namespace, undefined), ...(agent === undefined ? [] : [placeOf(namespace, agent)])];
    const policies = places.flatMap((place) => this.byPlace.get(place) ?? []);
    const answers = policies.map((policy) => ({ policy, taken: takes(policy.selector, labels) }));
    return {
      sure: answers.filter(({ taken }) => taken === true).map(({ policy }) => policy),
      possible: answers.filter(({ taken }) => taken === undefined).map(({ policy }) => policy),
    };
  }
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
    directions: types.length === 0 ? implied : (["egress", "ingress"] as const).filter((one) => types.includes(one)),
    written: canonical([object.namespace, spec]),
  };
}

/** All that may flow: the union of what the policies allow, everything where none isolates the pods. */
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
