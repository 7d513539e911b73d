import type { Change } from "../../change";
import type { AwsPrincipal } from "../../reach/aws/principal";
import type { AwsRole } from "../../reach/aws/role-access";
import { roleDifferences, roleGains } from "./roles";

const MOST_PEERS = 20;
/** Others are federated, and trust nobody alike. */
const LEAST_PEERS = 2;
const ADDRESS = /^.* (?=may be assumed by )/;
const MOMENT = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Marks trust in the roles of a new agent that is the same as in those of the agents that were there before. */
export class UsualTrust {
  private readonly known = new Map<AwsPrincipal, ReadonlySet<string>>();
  private readonly agents: readonly AwsPrincipal[];

  constructor(before: ReadonlyMap<string, AwsPrincipal>) {
    this.agents = [...before.values()].filter(({ isAgent, roles }) => isAgent && roles.length > 0);
  }

  public marked(agent: AwsPrincipal, gains: readonly Change[]): readonly Change[] {
    const { name } = agent;
    const peers = this.agents.filter((peer) => peer.name !== name).slice(0, MOST_PEERS);
    const written = new Map(agent.roles.map((role) => [role.address, policyOf(role, name)]));
    return gains.map((gain) => {
      const policy = [...written].find(([address]) => gain.source.address.startsWith(`${address}.`))?.[1];
      const text = `${textOf(gain, name)}\n${policy ?? ""}`;
      const alike = gain.kind === "trust" ? peers.filter((peer) => this.textsOf(peer).has(text)) : [];
      const isUsual = alike.length >= LEAST_PEERS;
      return isUsual ? { ...gain, showing: { ...gain.showing, fold: "usual" } } : gain;
    });
  }

  private textsOf(peer: AwsPrincipal): ReadonlySet<string> {
    const known = this.known.get(peer) ?? new Set(allOf(peer));
    this.known.set(peer, known);
    return known;
  }
}

/** Each example with the whole policy that it is of: an example alone says little of what else is let in. */
function allOf(peer: AwsPrincipal): readonly string[] {
  return roleDifferences(undefined, peer, undefined).flatMap((one) =>
    roleGains([one]).map((gain) => `${textOf(gain, peer.name)}\n${policyOf(one.after, peer.name)}`),
  );
}

function textOf({ what, witness }: Change, name: string): string {
  return `${what.replace(ADDRESS, "")}\n${withoutName(witness, name)}`;
}

function policyOf({ trust }: AwsRole, name: string): string {
  return withoutName(JSON.stringify(trust.map(({ statement: { Sid: _, ...statement } }) => statement)), name);
}

/** Without the name and the dates of the agent */
function withoutName(text: string, name: string): string {
  const unnamed = text.replace(/[\w-]+/g, (word) => (word === name ? "<name>" : word));
  return unnamed.replace(MOMENT, "<moment>");
}
