import { own } from "../../../domain";
import type { Unknown } from "../../change";
import { type PartialSuspensions, partialSuspensions } from "../../reach/suspension";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { AwsReach } from "../../reach/aws/aws-reach";
import type { Registry } from "../../reach/declared/registry";
import { type FolderReach, folderReach, problemUnknown } from "../../reach/folder-reach";
import { ACTIVE, SUSPENDED } from "../../reach/kubernetes/labels";
import type { Principal } from "../../reach/kubernetes/principal";
import { isObject, member } from "../../read/json";
import { agentsOf, type Estate } from "../../read/resource";
import { ClusterReach } from "./cluster-reach";
import { nameOf } from "./identity-takeovers";
import type { IdentityKind } from "../blast-radius";
import { SignedStarts } from "./signed-starts";

/** An identity that an attacker may control: an agent by name, a role without one by address, an account of a cluster as `account finance/clerk` */
export interface Identity {
  readonly name: string;
  readonly kind: IdentityKind;
  /** For agents: `suspended` or `expired` if registry, cluster and AWS agree on it, otherwise `active` */
  readonly state: string;
  readonly aws?: AwsPrincipal;
  readonly inCluster?: Principal;
}

/** Everything read from one folder, once */
export class World {
  /** Undefined if it cannot be read: then the access of every agent is unknown. An agent that is only partly suspended is active in it. */
  public readonly registry: Registry | undefined;
  /** Agents that the registry and the stacks disagree about: suspended in one, active in the other */
  public readonly half: PartialSuspensions;
  public readonly identityRoles: FolderReach["identityRoles"];
  public readonly cluster: ClusterReach;
  /** Unknowns that may concern every identity */
  public readonly unknown: readonly Unknown[];
  public readonly identities: ReadonlyMap<string, Identity>;
  public readonly signedStarts: SignedStarts;

  public constructor(public readonly estate: Estate) {
    const { registry, problems, aws, identityRoles, unread } = folderReach(estate);
    this.identityRoles = identityRoles;
    this.cluster = new ClusterReach(estate);
    this.half = partialSuspensions({ kubernetes: this.cluster.state, aws });
    this.registry = registry && withActive(registry, this.half);
    this.signedStarts = new SignedStarts(this.registry, estate);
    this.unknown = [...problems.map(problemUnknown), ...unread, ...this.cluster.unread];
    this.identities = identitiesOf(estate, aws, this.cluster, this.half);
  }
}

function withActive(registry: Registry, half: PartialSuspensions): Registry {
  const agents = Object.entries(registry.agents).map(([name, agent]) => [
    name,
    half.has(name) ? { ...agent, state: ACTIVE } : agent,
  ]);
  return { ...registry, agents: Object.fromEntries(agents) as Registry["agents"] };
}

function identitiesOf(
  { registry }: Estate,
  aws: AwsReach,
  { state }: ClusterReach,
  half: PartialSuspensions,
): ReadonlyMap<string, Identity> {
  const agents = agentsOf(registry);
  const inCluster = new Map([...state.principals.values()].map((principal) => [nameOf(principal), principal]));
  const names = new Set([...Object.keys(agents), ...aws.principals.keys(), ...inCluster.keys()]);
  return new Map(
    [...names].sort().map((name): [string, Identity] => {
      const [principal, pods] = [aws.principals.get(name), inCluster.get(name)];
      const entry = own(agents, name);
      const isAgent = entry !== undefined || principal?.isAgent === true || pods?.isAgent === true;
      const written = isObject(entry) ? member(entry, "state") : undefined;
      return [
        name,
        {
          name,
          kind: isAgent ? "agent" : principal === undefined ? "account" : "role",
          // An agent runs unless it is known to be stopped.
          state: !half.has(name) && (written === SUSPENDED || written === "expired") ? written : ACTIVE,
          ...(principal !== undefined && { aws: principal }),
          ...(pods !== undefined && { inCluster: pods }),
        },
      ];
    }),
  );
}
