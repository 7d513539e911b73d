import { SCALES } from "../../../iam/conditions/scales";
import { type Interval, IntervalSet } from "../../../iam/sets/interval-set";
import type { Change, Unknown } from "../../change";
import { factGains } from "../../difference/kubernetes/fact-gains";
import { NetworkDifference } from "../../difference/kubernetes/network-difference";
import { changeOf, type GainedRights, gainedRights } from "../../difference/kubernetes/right-gains";
import { ClusterState } from "../../reach/kubernetes/cluster-state";
import { Cluster } from "../../reach/kubernetes/cluster";
import { mayBeAny, ObjectReader } from "../../reach/kubernetes/objects/object";
import { PEER } from "../../reach/kubernetes/network/peers";
import type { Principal } from "../../reach/kubernetes/principal";
import type { Right } from "../../reach/kubernetes/rights/right";
import type { Box } from "../../reach/kubernetes/sets/box";
import type { NumberValues } from "../../reach/kubernetes/sets/number-values";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import { selectorKeys } from "../../reach/kubernetes/selector-keys";
import { type Estate, EMPTY_ESTATE } from "../../read/resource";
import { NO_KILL_ENDS } from "../lifetimes";
import type { ReachedThing, ReachedKind } from "../blast-radius";
import { may } from "./cluster-leads";
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
      why: "it is not read here: it may hold rights and pods of any principal",
      source: { address },
    }));
    this.network = new NetworkDifference(new ClusterState(new Cluster(EMPTY_ESTATE, reader)), this.state);
  }

  /** @param runs false if none of its processes runs, so that no traffic starts there */
  public of(
    principal: Principal,
    { runs }: { readonly runs: boolean },
  ): { readonly reached: readonly ReachedThing[]; readonly unknown: readonly Unknown[] } {
    const { gained: rights, unknown } = gainedRights([], this.state.rights.of(principal));
    const pods = runs ? this.podGains(principal) : { gains: [], unknown: [] };
    const traffic = runs ? this.network.traffic(undefined, principal) : { gained: [], unknown: [] };
    const outgoing = traffic.gained.filter(({ change: { kind } }) => kind === "destination");
    const by = nameOf(principal);
    return {
      reached: [
        ...rights.map((right) => rightOf(by, right)),
        ...pods.gains.map((gain) => reachedBy(by, "pod", gain, { writes: true })),
        ...outgoing.map(({ box, change }) =>
          reachedBy(by, "network", change, { writes: true, isOutward: !staysInside(box) }),
        ),
      ],
      unknown: [...unknown, ...pods.unknown, ...traffic.unknown],
    };
  }

  /** What its containers may do and find on their node, tokens included. Its other identities are the principal itself. */
  private podGains(principal: Principal): { readonly gains: readonly Change[]; readonly unknown: readonly Unknown[] } {
    const facts = this.state.ownFacts(principal, selectorKeys([this.state.cluster]));
    return factGains(
      [],
      facts.filter(
        ({ kind, isRelative, isToken, unknown }) =>
          !isRelative && (kind !== "identity" || isToken === true || unknown !== undefined),
      ),
    );
  }
}

const TARGETS: Partial<Record<ReachedKind, string>> = {
  kubernetes: "the cluster",
  pod: "its pods",
  network: "the network",
};

const READING = TextValues.of(["get", "list", "watch"]);

/** Addresses without a route on the internet. Source: RFC 1918, RFC 4193 */
const PRIVATE = IntervalSet.of(
  ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map((block) => SCALES.ip.range(block) as Interval),
);
const ELSEWHERE = PRIVATE.complement(SCALES.ip.universe);

function rightOf(by: string, gained: GainedRights): ReachedThing {
  const isHigh = !gained.rights.every(onlyLooks);
  return reachedBy(by, "kubernetes", changeOf(gained), { writes: isHigh, isHigh });
}

/**
 * Subresources that a connection enters by: over a WebSocket it begins with a GET, which is the verb `get`. API servers ask for `create` of
 * exec, attach and portforward besides from Kubernetes 1.35 on.
 *
 * @see https://github.com/kubernetes/kubernetes/issues/78741
 * @see https://github.com/kubernetes/kubernetes/pull/134577
 */
const ENTERED = ["attach", "exec", "portforward", "proxy"];

/** Reads objects, and no secrets, and enters nothing */
function onlyLooks({ box, url }: Right): boolean {
  const isReading = (box.get("verb") as TextValues | undefined)?.without(READING).isEmpty === true;
  if (!isReading || url !== undefined) return isReading;
  const readsSecrets = may(box.get("resource"), ["secrets"]);
  const enters = may(box.get("subresource"), ENTERED);
  return !readsSecrets && !enters;
}

/** Traffic to pods and private addresses alone */
function staysInside(box: Box): boolean {
  const peer = (box.get("peer") as TextValues | undefined)?.only;
  if (peer === PEER.pod) return true;
  const addresses = box.get("address") as NumberValues | undefined;
  return peer === PEER.address && addresses?.set.intersect(ELSEWHERE).isEmpty === true;
}

function reachedBy(
  by: string,
  kind: ReachedKind,
  { what, witness, source }: Change,
  more: Pick<ReachedThing, "writes"> & Partial<Pick<ReachedThing, "isHigh" | "isOutward">>,
): ReachedThing {
  return {
    kind,
    target: TARGETS[kind] as string,
    does: what,
    by,
    as: kind,
    hop: 0,
    route: [],
    gate: "none",
    bounds: [],
    example: witness,
    isHigh: false,
    isOutward: false,
    ...more,
    lasting: kind === "kubernetes" ? NO_KILL_ENDS.rights : NO_KILL_ENDS.pods,
    source,
  };
}
