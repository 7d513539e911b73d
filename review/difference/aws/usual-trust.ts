import type { Gained } from "../../../iam/access/difference";
import type { Change } from "../../change";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { AwsRole } from "../../reach/aws/role-access";
import { requestText, whoText } from "../../reach/aws/words";
import { type RoleDifference, roleDifferences, sessionGains, trustGain } from "./role-changes";

const MOST_PEERS = 20;
/** The other agents are federated, and each has another trust policy. */
const LEAST_PEERS = 2;
const MOMENT = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** Gains of a new agent's roles. Trust with the same text as that of agents in base is marked as usual. */
export class UsualTrust {
  private readonly known = new Map<AwsPrincipal, ReadonlySet<string>>();
  private readonly agents: readonly AwsPrincipal[];

  constructor(before: ReadonlyMap<string, AwsPrincipal>) {
    this.agents = [...before.values()].filter(({ isAgent, roles }) => isAgent && roles.length > 0);
  }

  public gains({ name }: AwsPrincipal, differences: readonly RoleDifference[]): readonly Change[] {
    const peers = this.agents.filter((peer) => peer.name !== name).slice(0, MOST_PEERS);
    return differences.flatMap((role) => [
      ...role.trust.gained.map((gained) => {
        const shape = trustShape(role.after, gained, name);
        const isUsual = peers.filter((peer) => this.shapesOf(peer).has(shape)).length >= LEAST_PEERS;
        const gain = trustGain(role.after, gained);
        return isUsual ? { ...gain, showing: { fold: "usual" as const } } : gain;
      }),
      ...sessionGains(role),
    ]);
  }

  private shapesOf(peer: AwsPrincipal): ReadonlySet<string> {
    const known = this.known.get(peer) ?? new Set(allOf(peer));
    this.known.set(peer, known);
    return known;
  }
}

function allOf(peer: AwsPrincipal): readonly string[] {
  return roleDifferences(undefined, peer, undefined).flatMap(({ after, trust }) =>
    trust.gained.map((gained) => trustShape(after, gained, peer.name)),
  );
}

/**
 * Equal for the same trust in roles of two agents: an example of a principal that may assume the role, with the whole policy
 * that admits it. The example alone does not show who else is admitted.
 */
function trustShape({ trust }: AwsRole, { witness, action, statement }: Gained, name: string): string {
  const policy = trust.map(({ statement: { Sid: _, ...rest } }) => rest);
  const who = whoText(witness, statement.statement);
  return JSON.stringify([
    who,
    action,
    withoutName(requestText(witness), name),
    withoutName(JSON.stringify(policy), name),
  ]);
}

/** Without the name and the dates of the agent */
function withoutName(text: string, name: string): string {
  const unnamed = text.replace(/[\w-]+/g, (word) => (word === name ? "<name>" : word));
  return unnamed.replace(MOMENT, "<moment>");
}
