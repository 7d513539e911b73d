import { own } from "../../domain";
import type { Unknown } from "../change";
import type { AwsPrincipal, AwsReach } from "../reach/aws/principals";
import { PolicyTexts } from "../reach/aws/policy-texts";
import { present } from "../reach/aws/present";
import { awsReach } from "../reach/aws/principals";
import { agentsOf, readRegistries } from "../reach/declared/read-registries";
import type { Registry } from "../reach/declared/registry-schema";
import type { Principal } from "../reach/kubernetes/principal";
import { isObject, member } from "../read/json";
import type { Estate } from "../read/resource";
import { ClusterReach } from "./cluster/reached";
import { nameOf } from "./cluster/taken";
import type { IdentityKind } from "./reached";
import { unreadIn } from "../unread-in";

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
  public readonly aws: AwsReach;
  /** Roles whose trust policy cannot be read, with why: it may let in anybody. */
  public readonly unreadTrust: ReadonlyMap<string, string>;
  public readonly cluster: ClusterReach;
  /** Of nobody alone, and so of everybody */
  public readonly unknown: readonly Unknown[];
  public readonly identities: ReadonlyMap<string, Identity>;

  public constructor(public readonly estate: Estate) {
    const { registry, problems } = readRegistries(undefined, estate.registry).head;
    this.registry = registry;
    const texts = new PolicyTexts();
    this.aws = awsReach(estate, texts);
    this.unreadTrust = unreadTrustIn(estate, texts);
    this.cluster = new ClusterReach(estate);
    this.unknown = [
      ...problems.map(({ path, why }) => ({
        what: `what the registry says at ${path.join(".") || "its top"}`,
        why,
        source: { address: "registry" },
      })),
      ...unreadIn(estate),
      ...this.aws.strays,
    ];
    this.identities = identitiesOf(estate, this.aws, this.cluster);
  }
}

function unreadTrustIn(estate: Estate, texts: PolicyTexts): ReadonlyMap<string, string> {
  return new Map(
    present(estate, "aws_iam_role").flatMap((role) => {
      const [unread] = texts.in(role, "assume_role_policy", estate).unknown;
      return unread === undefined ? [] : [[role.address, unread.why] as const];
    }),
  );
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
