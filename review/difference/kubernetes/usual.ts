import type { Change } from "../../change";
import { grouped } from "../../grouped";
import type { Fact } from "../../reach/kubernetes/fact";
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

  /**
   * @param state of before the change, which no change can make usual
   * @param head the state in which somebody gains
   */
  constructor(
    private readonly state: State,
    private readonly keys: SelectorKeys,
    private readonly head: State,
  ) {
    this.network = new NetworkDifference(state, state);
  }

  public marked(principal: Principal, gains: readonly Change[]): readonly Change[] {
    const peers = this.peersOf(principal);
    if (peers.length < LEAST_PEERS) return gains;
    const all = peers.map((peer) => this.textsOf(peer));
    const own = grouped(this.factsOf(this.head, principal), (told) => textOf(told, principal));
    return gains.map((gain) => {
      const facts = own.get(textOf(gain, principal)) ?? [gain];
      const texts = facts.map((told) => wholeTextOf(told, principal));
      return all.every((known) => texts.every((text) => known.has(text)))
        ? { ...gain, showing: { ...gain.showing, fold: "usual" } }
        : gain;
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

  private factsOf(state: State, whose: Principal): readonly Told[] {
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
