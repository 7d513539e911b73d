import { byKey } from "../../../domain/by-text";
import { Budget, TooComplex } from "../../../iam/sets/budget";
import type { Change, Unknown } from "../../change";
import { type Cluster, NAME_LABEL } from "../../reach/kubernetes/cluster";
import { KNOWN_AT_APPLY } from "../../reach/kubernetes/fact";
import { canonical, isOpaque } from "../../reach/kubernetes/objects/values";
import { type KnownNamespaces, ofNamespace, PEER, real } from "../../reach/kubernetes/network/peers";
import {
  type Direction,
  DIRECTIONS,
  type NetworkPolicy,
  peerNamespaces,
  type Policies,
  policyText,
  type SelectingPolicies,
  type Traffic,
  trafficAllowed,
} from "../../reach/kubernetes/network/policies";
import { trafficText, trafficWords } from "../../reach/kubernetes/network/traffic-text";
import { addressOf, type Principal } from "../../reach/kubernetes/principal";
import { type Box, partOutside, boxText } from "../../reach/kubernetes/sets/box";
import { takes } from "../../reach/kubernetes/sets/selector";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import type { Gains } from "./fact-gains";

const NO_POLICIES: SelectingPolicies = { pods: [], possible: [], all: [], written: "" };

/** The network policies of a cluster in one state */
export interface NetworkState {
  readonly cluster: Cluster;
  readonly policies: Policies;
}

/** Traffic that head allows and base does not */
export interface GainedTraffic {
  readonly box: Box;
  readonly change: Change;
}

interface TrafficGains {
  readonly gained: readonly GainedTraffic[];
  readonly unknown: readonly Unknown[];
}

const NOTHING: TrafficGains = { gained: [], unknown: [] };

/** The network policies of a cluster in two states */
export class NetworkDifference {
  private readonly relabelled: readonly string[];
  private readonly declared: ReadonlySet<string>;
  private readonly declaredInHead: ReadonlySet<string>;

  public constructor(
    private readonly base: NetworkState,
    private readonly head: NetworkState,
  ) {
    this.declaredInHead = new Set(head.cluster.namespaces);
    this.declared = new Set([...base.cluster.namespaces, ...this.declaredInHead]);
    this.relabelled = [...this.declared]
      .sort()
      .filter((name) => labelsText(base.cluster, name) !== labelsText(head.cluster, name));
  }

  /** Traffic of the pods of a principal that head allows and base does not */
  public gains(base: Principal | undefined, head: Principal): Gains {
    const { gained, unknown } = this.traffic(base, head);
    return { gains: gained.map(({ change }) => change), unknown };
  }

  /** The same, with the traffic itself */
  public traffic(base: Principal | undefined, head: Principal): TrafficGains {
    const before = base === undefined ? NO_POLICIES : this.base.policies.selecting(base);
    const after = this.head.policies.selecting(head);
    if (before.written === after.written && !after.all.some((policy) => this.isTouched(policy))) return NOTHING;
    const names = [...new Set([...this.relabelled, ...this.mentioned([...before.all, ...after.all])])].sort();
    const address = addressOf(head);
    return together([
      ...DIRECTIONS.map((direction) => this.gainsOf(direction, before, after, names, address)),
      { gained: [], unknown: newlyPossible(before, after) },
    ]);
  }

  /** The labels of a namespace changed, and a rule selects by them. */
  private isTouched(policy: NetworkPolicy): boolean {
    if (this.relabelled.length === 0) return false;
    const selectors = peerNamespaces(policy);
    return this.relabelled.some((name) => {
      const [before, after] = [this.base.cluster.labelsOf(name), this.head.cluster.labelsOf(name)];
      return selectors.some((selector) => takes(selector, before) !== takes(selector, after));
    });
  }

  private gainsOf(
    direction: Direction,
    before: SelectingPolicies,
    after: SelectingPolicies,
    names: readonly string[],
    address: string,
  ): TrafficGains {
    const known = (cluster: Cluster): KnownNamespaces => ({ names, labelsOf: (one) => cluster.labelsOf(one) });
    const allowed = before.pods.flatMap((pod) => trafficAllowed(pod, direction, known(this.base.cluster)));
    const wanted = after.pods.flatMap((pod) => trafficAllowed(pod, direction, this.knownInHead(names)));
    return together(unique(wanted).map((traffic) => gainOf(traffic, allowed, direction, address)));
  }

  /** A namespace that head no longer declares is assumed unchanged. */
  private knownInHead(names: readonly string[]): KnownNamespaces {
    const stateOf = (name: string) => (this.declaredInHead.has(name) ? this.head : this.base);
    return { names, labelsOf: (name) => stateOf(name).cluster.labelsOf(name) };
  }

  /** Namespaces that rules name and whose labels are known */
  private mentioned(policies: readonly NetworkPolicy[]): readonly string[] {
    const none: KnownNamespaces = { names: [], labelsOf: (name) => this.head.cluster.labelsOf(name) };
    return DIRECTIONS.flatMap((direction) => trafficAllowed(policies, direction, none))
      .flatMap(({ box }) => [...((box.get(ofNamespace(NAME_LABEL)) as TextValues | undefined)?.listed ?? [])])
      .filter((name) => this.declared.has(name));
  }
}

/** The subjects of unknowns in head that base does not have */
function newlyPossible(before: SelectingPolicies, after: SelectingPolicies): readonly Unknown[] {
  const known = new Set(before.possible.map(policyText));
  const now = new Set(after.possible.map(policyText));
  const open = after.possible.filter((policy) => !known.has(policyText(policy)));
  const gone = before.possible.filter((policy) => !now.has(policyText(policy)));
  return [...open, ...gone].map(({ object }) => ({
    what: `whether network policy ${object.name} of namespace ${object.namespace} selects its pods`,
    why: "their labels are not part of the configuration",
    source: { address: object.address },
  }));
}

function gainOf(traffic: Traffic, allowed: readonly Traffic[], direction: Direction, ofPods: string): TrafficGains {
  const address = traffic.address ?? ofPods;
  const what = `${direction} ${trafficWords(traffic, direction)}`;
  const source = { address };
  try {
    const found = gained(traffic.box, allowed);
    if (found === undefined) return NOTHING;
    const witness = trafficText(found, direction);
    if (isOpaque(witness) || isQuestion(found)) return { gained: [], unknown: [{ what, why: KNOWN_AT_APPLY, source }] };
    const change: Change = { kind: direction === "egress" ? "destination" : "network", what, witness, source };
    return { gained: [{ box: traffic.box, change }], unknown: [] };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { gained: [], unknown: [{ what, why: error.message, source }] };
  }
}

function together(parts: readonly TrafficGains[]): TrafficGains {
  return { gained: parts.flatMap(({ gained }) => gained), unknown: parts.flatMap(({ unknown }) => unknown) };
}

function isQuestion(found: Box): boolean {
  return (found.get("question") as TextValues | undefined)?.only !== undefined;
}

/** Wanted traffic that is not allowed. An address makes a better example than a pod. */
function gained(box: Box, allowed: readonly Traffic[]): Box | undefined {
  const budget = new Budget();
  const others = allowed.map((traffic) => traffic.box);
  const wanted = real(box);
  const address: Box = new Map([...wanted, ["peer", TextValues.of([PEER.address])]]);
  return (box.has("peer") ? undefined : partOutside(address, others, budget)) ?? partOutside(wanted, others, budget);
}

/** Traffic that two policies allow is one gain. */
function unique(traffic: readonly Traffic[]): readonly Traffic[] {
  const byWords = new Map<string, Traffic>();
  for (const one of traffic) {
    const words = boxText(one.box);
    if (!byWords.has(words)) byWords.set(words, one);
  }
  return [...byWords.values()];
}

function labelsText(cluster: Cluster, namespace: string): string {
  return canonical([...cluster.labelsOf(namespace).values].sort(byKey).map((entry) => [...entry]));
}
