import type { Change } from "../../change";
import { groupBy } from "../../group-by";
import type { Fact } from "../../reach/kubernetes/fact";
import type { Principal } from "../../reach/kubernetes/principal";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import { NetworkDifference } from "./network-difference";
import { rightGains } from "./right-gains";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";

/** Agents with which one is compared: more of them say nothing more. */
const MOST_PEERS = 20;
const LEAST_PEERS = 2;

/**
 * Marks what an agent has that is new, or active again, as every other agent had it before the change: nobody need read
 * it again. What is another in anything but the names of the agent stays as it is.
 */
export class UsualGains {
  private readonly network: NetworkDifference;
  private readonly known = new Map<Principal, ReadonlySet<string>>();

  /**
   * @param state of before the change, which no change can make usual
   * @param head the state in which somebody gains
   */
  constructor(
    private readonly state: ClusterState,
    private readonly keys: SelectorKeys,
    private readonly head: ClusterState,
  ) {
    this.network = new NetworkDifference(state, state);
  }

  public marked(principal: Principal, gains: readonly Change[]): readonly Change[] {
    const others = this.othersOf(principal);
    // Who comes in follows from what is served: those that serve say nothing of those that do not.
    const isServing = this.serves(this.head, principal);
    const servingAlike = others.filter((one) => this.serves(this.state, one) === isServing);
    const known = this.textsOfPeers(principal, others);
    const knownAlike = this.textsOfPeers(principal, servingAlike);
    const own = groupBy(this.factsOf(this.head, principal), (told) => textOf(told, principal));
    return gains.map((gain) => {
      const facts = own.get(textOf(gain, principal)) ?? [gain];
      const texts = facts.map((told) => wholeTextOf(told, principal));
      const all = gain.kind === "network" ? knownAlike : known;
      return all.length > 0 && all.every((peer) => texts.every((text) => peer.has(text)))
        ? { ...gain, showing: { ...gain.showing, fold: "usual" } }
        : gain;
    });
  }

  private othersOf({ key }: Principal): readonly Principal[] {
    const { agents } = this.state.cluster;
    return [...this.state.principals.values()].filter(
      (one) => one.isAgent && one.key !== key && agents.get(one.name)?.state === "active",
    );
  }

  private serves({ cluster }: ClusterState, { name }: Principal): boolean {
    return cluster.agents.get(name)?.serves ?? false;
  }

  /** Of those whose pods stand in the configuration as its own do, or do not; none where they are too few to say anything */
  private textsOfPeers({ workloads }: Principal, others: readonly Principal[]): readonly ReadonlySet<string>[] {
    if (others.length < LEAST_PEERS) return [];
    const alike = others.filter((one) => one.workloads.length > 0 === workloads.length > 0);
    return (alike.length < LEAST_PEERS ? others : alike).slice(0, MOST_PEERS).map((peer) => this.textsOf(peer));
  }

  private textsOf(peer: Principal): ReadonlySet<string> {
    const known = this.known.get(peer) ?? new Set(this.allOf(peer).map((told) => wholeTextOf(told, peer)));
    this.known.set(peer, known);
    return known;
  }

  private allOf(peer: Principal): readonly Told[] {
    const { state } = this;
    return [
      ...this.factsOf(state, peer),
      ...rightGains([], state.rights.of(peer)).gains,
      ...this.network.gains(undefined, peer).gains,
    ];
  }

  private factsOf(state: ClusterState, whose: Principal): readonly Told[] {
    return [...state.ownFacts(whose, this.keys), ...state.facts(whose, this.keys), ...state.recordFacts(whose)];
  }
}

/** A change, or the fact that it is made of, which says more than its words do */
type Told = Pick<Change, "kind" | "what" | "witness"> & Partial<Pick<Fact, "key" | "under">>;

/** What is gained, without the names of who gains it */
function textOf({ kind, what, witness }: Told, principal: Principal): string {
  return [kind, unnamed(what, principal), unnamed(witness, principal)].join("\n");
}

/** With all that it holds for, and under */
function wholeTextOf(told: Told, principal: Principal): string {
  const { key = "", under = [] } = told;
  return [textOf(told, principal), ...[key, ...[...under].sort()].map((text) => unnamed(text, principal))].join("\n");
}

function unnamed(text: string, { name, accounts }: Principal): string {
  const names = new Map([
    ...accounts.map(({ namespace }) => [namespace, "<namespace>"] as const),
    ...accounts.map((account) => [account.name, "<name>"] as const),
    [name, "<name>"],
  ]);
  return text.replace(/[\w-]+/g, (word) => names.get(word) ?? word);
}
