import type { Change } from "../../change";
import type { Principal } from "../../reach/kubernetes/principal";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import { NetworkDifference } from "./network";
import { rightGains } from "./rights";
import type { State } from "./state";

/** Agents with which one is compared: more of them say nothing more. */
const MOST_PEERS = 20;
const LEAST_PEERS = 2;

/**
 * Marks what an agent has that is new, or active again, as every other agent had it before the change: nobody need read
 * it again. What is another in anything but the names of the agent stays as it is.
 */
export class Usual {
  private readonly network: NetworkDifference;
  private readonly known = new Map<Principal, ReadonlySet<string>>();

  /** @param state of before the change, which no change can make usual */
  constructor(
    private readonly state: State,
    private readonly keys: SelectorKeys,
  ) {
    this.network = new NetworkDifference(state, state);
  }

  public marked(principal: Principal, gains: readonly Change[]): readonly Change[] {
    const peers = this.peersOf(principal);
    if (peers.length < LEAST_PEERS) return gains;
    const all = peers.map((peer) => this.textsOf(peer));
    return gains.map((gain) => {
      const text = textOf(gain, principal);
      return all.every((texts) => texts.has(text)) ? { ...gain, showing: { ...gain.showing, fold: "usual" } } : gain;
    });
  }

  /** Whose pods stand in the configuration as its own do, or do not */
  private peersOf({ key, workloads }: Principal): readonly Principal[] {
    const { agents } = this.state.cluster;
    const isOther = (one: Principal): boolean =>
      one.isAgent && one.key !== key && agents.get(one.name)?.state === "active";
    const others = [...this.state.principals.values()].filter(isOther);
    const alike = others.filter((one) => one.workloads.length > 0 === workloads.length > 0);
    return (alike.length < LEAST_PEERS ? others : alike).slice(0, MOST_PEERS);
  }

  private textsOf(peer: Principal): ReadonlySet<string> {
    const known = this.known.get(peer) ?? new Set(this.allOf(peer).map((gain) => textOf(gain, peer)));
    this.known.set(peer, known);
    return known;
  }

  private allOf(peer: Principal): readonly Change[] {
    const { state, keys } = this;
    const facts = [...state.ownFacts(peer, keys), ...state.facts(peer, keys), ...state.recordFacts(peer)];
    return [
      ...facts.map(({ kind, what, witness, address }) => ({ kind, what, witness, source: { address } })),
      ...rightGains([], state.rights.of(peer)).gains,
      ...this.network.gains(undefined, peer).gains,
    ];
  }
}

/** What is gained, without the names of who gains it */
function textOf({ kind, what, witness }: Change, { name, accounts }: Principal): string {
  const names = new Map([
    ...accounts.map(({ namespace }) => [namespace, "<namespace>"] as const),
    ...accounts.map((account) => [account.name, "<name>"] as const),
    [name, "<name>"],
  ]);
  const unnamed = (text: string): string => text.replace(/[\w-]+/g, (word) => names.get(word) ?? word);
  return [kind, unnamed(what), unnamed(witness)].join("\n");
}
