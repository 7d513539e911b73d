import { own } from "../../domain";
import type { Unknown } from "../change";
import { type FolderReach, folderReach, problemUnknown } from "../folder-reach";
import type { AwsPrincipal, AwsReach } from "../reach/aws/principals";
import { agentsOf } from "../reach/declared/read-registries";
import type { Registry } from "../reach/declared/registry-schema";
import type { Principal } from "../reach/kubernetes/principal";
import { isObject, member } from "../read/json";
import type { Estate } from "../read/resource";
import { ClusterReach } from "./cluster/reached";
import { nameOf } from "./cluster/taken";
import type { IdentityKind } from "./reached";

/** Somebody whom an attacker may control: an agent by name, a role without one by address, an account of a cluster as `account finance/clerk` */
export interface Identity {
  readonly name: string;
  readonly kind: IdentityKind;
  /** Of agents, as the registry has it */
  readonly state: string;
  readonly aws?: AwsPrincipal;
  readonly inCluster?: Principal;
}

/** All that is read of one folder, once */
export class World {
  /** Undefined where it cannot be read: nobody knows then what any agent may do. */
  public readonly registry: Registry | undefined;
  public readonly identityRoles: FolderReach["identityRoles"];
  public readonly cluster: ClusterReach;
  /** Of nobody alone, and so of everybody */
  public readonly unknown: readonly Unknown[];
  public readonly identities: ReadonlyMap<string, Identity>;

  public constructor(public readonly estate: Estate) {
    const { registry, problems, aws, identityRoles, unread } = folderReach(estate);
    this.registry = registry;
    this.identityRoles = identityRoles;
    this.cluster = new ClusterReach(estate);
    this.unknown = [...problems.map(problemUnknown), ...unread, ...this.cluster.unread];
    this.identities = identitiesOf(estate, aws, this.cluster);
  }
}

function identitiesOf({ registry }: Estate, aws: AwsReach, { state }: ClusterReach): ReadonlyMap<string, Identity> {
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
          // What is not known to be stopped runs.
          state: written === "suspended" || written === "expired" ? written : "active",
          ...(principal !== undefined && { aws: principal }),
          ...(pods !== undefined && { inCluster: pods }),
        },
      ];
    }),
  );
}
