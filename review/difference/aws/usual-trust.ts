import type { Change } from "../../change";
import type { AwsPrincipal } from "../../reach/aws/principals";
import { roleDifferences, roleGains } from "./roles";

const MOST_PEERS = 20;
/** Others are federated, and trust nobody alike. */
const LEAST_PEERS = 2;
const ADDRESS = /^.* (?=may be assumed by )/;
const MOMENT = /(?<=aws:CurrentTime = )\S+/g;

/** Marks trust in the roles of a new agent that is the same as in those of the agents that were there before. */
export class UsualTrust {
  private readonly known = new Map<AwsPrincipal, ReadonlySet<string>>();
  private readonly agents: readonly AwsPrincipal[];

  constructor(before: ReadonlyMap<string, AwsPrincipal>) {
    this.agents = [...before.values()].filter(({ isAgent, roles }) => isAgent && roles.length > 0);
  }

  public marked({ name }: AwsPrincipal, gains: readonly Change[]): readonly Change[] {
    const peers = this.agents.filter((peer) => peer.name !== name).slice(0, MOST_PEERS);
    return gains.map((gain) => {
      const text = textOf(gain, name);
      const alike = gain.kind === "trust" ? peers.filter((peer) => this.textsOf(peer).has(text)) : [];
      const isUsual = alike.length >= LEAST_PEERS;
      return isUsual ? { ...gain, showing: { ...gain.showing, fold: "usual" } } : gain;
    });
  }

  private textsOf(peer: AwsPrincipal): ReadonlySet<string> {
    const gains = () => roleGains(roleDifferences(undefined, peer, undefined));
    const known = this.known.get(peer) ?? new Set(gains().map((gain) => textOf(gain, peer.name)));
    this.known.set(peer, known);
    return known;
  }
}

/** Without the name and the dates of the agent */
function textOf({ what, witness }: Change, name: string): string {
  const unnamed = witness.replace(/[\w-]+/g, (word) => (word === name ? "<name>" : word));
  return `${what.replace(ADDRESS, "")}\n${unnamed.replace(MOMENT, "<moment>")}`;
}
