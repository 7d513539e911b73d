import { own } from "../../../domain";
import type { Unknown } from "../../change";
import { type AwsPermissions, awsPermissions } from "./aws-permissions";
import { type Takeover, takeoversBy } from "./identity-takeovers";
import { type DeclaredReach, declaredReach } from "./declared-reach";
import { taskRenewals } from "./open-paths";
import { agentLifetimes, roleLifetime } from "../lifetimes";
import { longer } from "./reached-union";
import type { Lifetime, ReachedThing, ReachedIdentity } from "../blast-radius";
import type { Identity, World } from "./world";

/** The reach of an identity and of agents that work for it, and the identities that it takes over */
export interface OwnReach {
  readonly reached: readonly ReachedThing[];
  readonly identities: readonly ReachedIdentity[];
  readonly taken: readonly Takeover[];
  readonly unknown: readonly Unknown[];
}

/** Own reach of each identity of a world, computed once */
export class OwnReaches {
  private readonly known = new Map<string, OwnReach>();

  public constructor(private readonly world: World) {}

  public of(identity: Identity): OwnReach {
    const known = this.known.get(identity.name) ?? ownReach(this.world, identity);
    this.known.set(identity.name, known);
    return known;
  }
}

function ownReach(world: World, identity: Identity): OwnReach {
  const declared = declaredOf(world, identity);
  const aws = awsOf(world, identity);
  const started = world.signedStarts.behind(aws.rights);
  const { inCluster } = identity;
  const { state } = world.cluster;
  const cluster =
    inCluster === undefined
      ? { reached: [], unknown: [] }
      : world.cluster.of(inCluster, { runs: isActive(identity) || inCluster.workloads.length > 0 });
  const taken = inCluster === undefined ? [] : takeoversBy(inCluster, state, world.estate.registry);
  const name = identity.name;
  const half = world.half.get(name);
  return {
    reached: [
      ...declared.reached,
      ...aws.rights.map(({ opens }) => opens),
      ...started.flatMap(({ reached }) => reached),
      ...cluster.reached,
    ],
    identities: [...declared.identities, ...aws.identities, ...started.flatMap(({ identities }) => identities)],
    taken: isActive(identity) ? [...taken, ...rolesOf(identity, world)] : taken,
    unknown: [
      ...(half === undefined ? [] : [half]),
      ...([declared, ...started].every(({ isWhole }) => isWhole)
        ? []
        : [unknown(name, "all agents that it delegates to", "there are more chains than are followed")]),
      ...aws.unknown,
      ...cluster.unknown,
    ],
  };
}

function isActive({ state }: Identity): boolean {
  return state === "active";
}

/** Roles of others that its own identity may assume */
function rolesOf({ name, inCluster }: Identity, { identityRoles }: World): readonly Takeover[] {
  return identityRoles
    .of({ name, accounts: inCluster?.accounts ?? [] })
    .map(({ owner, role, address, unknown: why }) => ({
      name: owner,
      what: `becomes ${role.address} by its own identity`,
      address,
      ...(why !== undefined && { unknown: why }),
    }));
}

const NOTHING: DeclaredReach = { reached: [], identities: [], isWhole: true };

/** The exchange gives nothing to an agent that is suspended or expired. */
function declaredOf({ registry }: World, identity: Identity): DeclaredReach {
  if (registry === undefined || identity.kind !== "agent" || !isActive(identity)) return NOTHING;
  const renewals = identity.aws === undefined ? new Map() : taskRenewals(identity.aws);
  return declaredReach(registry, identity.name, renewals);
}

function awsOf({ registry }: World, identity: Identity): AwsPermissions {
  const { aws, name, kind } = identity;
  const credentials = own(registry?.agents, name)?.credentials;
  const isBrokered = kind === "agent" && credentials === "brokered";
  if (aws === undefined) return { rights: [], identities: [], unknown: [] };
  // A stopped agent gets nothing from the exchange; its pods keep what AWS gives them.
  const isGiven = !isBrokered || isActive(identity);
  const principal = isGiven ? aws : { ...aws, paths: aws.paths.filter(({ way }) => way.id.start.by === "pods") };
  // For an agent that cannot be read, the longest lifetime counts.
  const lasting =
    kind === "agent"
      ? agentLifetimes(credentials ?? "roles-anywhere").aws
      : longest(aws.roles.map((role) => roleLifetime(role.maxSession)));
  return awsPermissions({ name, principal, isBrokered, lasting }, registry?.datasets ?? {});
}

function longest(all: readonly Lifetime[]): Lifetime {
  return all.reduce(longer, { seconds: 0, because: "" });
}

function unknown(name: string, what: string, why: string): Unknown {
  return { what: `${what} (${name})`, why, source: { address: `registry/agents.${name}` } };
}
