import type { Change } from "../../change";
import { groupBy } from "../../group-by";
import type { Fact } from "../../reach/kubernetes/fact";
import type { Principal } from "../../reach/kubernetes/principal";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import { NetworkDifference } from "./network-difference";
import { rightGains } from "./right-gains";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";

/** Most agents to compare with: more add nothing. */
const MOST_PEERS = 20;
const LEAST_PEERS = 2;

/**
 * Marks gains of a new or reactivated agent that every other agent had before the change: a reviewer may skip
 * them. Gains that differ in more than the agent's name stay unmarked.
 */
export class UsualGains {
  private readonly network: NetworkDifference;
  private readonly known = new Map<Principal, ReadonlySet<string>>();

  /**
   * @param state before the change, so that the change itself makes nothing usual
   * @param head the state with the gains
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
    // Ingress depends on whether an agent serves: compare serving agents with serving ones, others with others.
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

  /** Agents whose pods the configuration holds, as it does its own, or does not; none if they are too few to compare */
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

/** A change, or the fact behind it, which carries more than the text */
type Told = Pick<Change, "kind" | "what" | "witness"> & Partial<Pick<Fact, "key" | "under">>;

/** The gain, without the names of its principal */
function textOf({ kind, what, witness }: Told, principal: Principal): string {
  return [kind, unnamed(what, principal), unnamed(witness, principal)].join("\n");
}

/** With everything that it holds for, and its conditions */
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
