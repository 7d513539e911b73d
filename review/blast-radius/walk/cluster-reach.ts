import type { Change, Unknown } from "../../change";
import { factGains } from "../../difference/kubernetes/fact-gains";
import { NetworkDifference } from "../../difference/kubernetes/network-difference";
import { rightGains } from "../../difference/kubernetes/right-gains";
import { ClusterState } from "../../reach/kubernetes/cluster-state";
import { Cluster } from "../../reach/kubernetes/cluster";
import { mayBeAny, ObjectReader } from "../../reach/kubernetes/objects/object";
import type { Principal } from "../../reach/kubernetes/principal";
import { selectorKeys } from "../../reach/kubernetes/selector-keys";
import { type Estate, EMPTY_ESTATE } from "../../read/resource";
import { NO_KILL_ENDS } from "../lifetimes";
import type { ReachedThing, ReachedKind } from "../blast-radius";
import { nameOf } from "./identity-takeovers";

/** Reach of every principal of a cluster: its gains over an empty cluster */
export class ClusterReach {
  public readonly state: ClusterState;
  /** Unread objects, such as a chart, that may hold rights and pods of any principal */
  public readonly unread: readonly Unknown[];
  private readonly network: NetworkDifference;

  public constructor(estate: Estate) {
    const reader = new ObjectReader();
    this.state = new ClusterState(new Cluster(estate, reader));
    this.unread = this.state.cluster.objects.filter(mayBeAny).map(({ kind, address }) => ({
      what: `what ${kind} at ${address} puts into the cluster`,
      why: "nobody here reads it: it may be rights and pods of anybody",
      source: { address },
    }));
    this.network = new NetworkDifference(new ClusterState(new Cluster(EMPTY_ESTATE, reader)), this.state);
  }

  /** @param runs false if none of its processes runs, so that no traffic starts there */
  public of(
    principal: Principal,
    { runs }: { readonly runs: boolean },
  ): { readonly reached: readonly ReachedThing[]; readonly unknown: readonly Unknown[] } {
    const rights = rightGains([], this.state.rights.of(principal));
    const pods = runs ? this.podGains(principal) : { gains: [], unknown: [] };
    const traffic = runs ? this.network.gains(undefined, principal) : { gains: [], unknown: [] };
    const outgoing = traffic.gains.filter(({ kind }) => kind === "destination");
    const reached = (kind: ReachedKind, gains: readonly Change[]) =>
      gains.map((gain) => reachedBy(principal, kind, gain));
    return {
      reached: [...reached("kubernetes", rights.gains), ...reached("pod", pods.gains), ...reached("network", outgoing)],
      unknown: [...rights.unknown, ...pods.unknown, ...traffic.unknown],
    };
  }

  /** What its containers may do and find on their node. Its identities are left out: they are the identity itself. */
  private podGains(principal: Principal): { readonly gains: readonly Change[]; readonly unknown: readonly Unknown[] } {
    const facts = this.state.ownFacts(principal, selectorKeys([this.state.cluster]));
    const { gains, unknown } = factGains(
      [],
      facts.filter(({ isRelative }) => !isRelative),
    );
    const token = /gets? (?:a|its) token|find a token/;
    return { gains: gains.filter(({ kind, what }) => kind !== "identity" || token.test(what)), unknown };
  }
}

const TARGETS: Partial<Record<ReachedKind, string>> = {
  kubernetes: "the cluster",
  pod: "its pods",
  network: "the network",
};

/** Reads objects, and no secrets */
const LOOKS = /^(?:get|list|watch)(?:, (?:get|list|watch))* (?!secrets|every )/;

/** Pods, and addresses that are of no use on the internet. Source: RFC 1918, RFC 4193 */
const INSIDE = /^egress to (?:pods|every pod|10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|f[cd][0-9a-f]{2}:)/;

function reachedBy(principal: Principal, kind: ReachedKind, { what, witness, source }: Change): ReachedThing {
  const isLookingOnly = kind === "kubernetes" && LOOKS.test(what);
  return {
    kind,
    target: TARGETS[kind] as string,
    does: what,
    by: nameOf(principal),
    as: kind,
    hop: 0,
    route: [],
    gate: "none",
    bounds: [],
    example: witness,
    isHigh: kind === "kubernetes" && !isLookingOnly,
    isOutward: kind === "network" && !INSIDE.test(what),
    writes: !isLookingOnly,
    lasting: kind === "kubernetes" ? NO_KILL_ENDS.rights : NO_KILL_ENDS.pods,
    source,
  };
}
