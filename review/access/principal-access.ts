import type { AccessRequest } from "../../iam/access/access";
import type { Gained } from "../../iam/access/difference";
import type { Change, ChangeSource, Unknown } from "../change";
import type { DeclaredAccess } from "./declared-access";

/** Everything that one principal can reach in one synthesized folder */
export interface PrincipalAccess {
  /** An agent's name, or the Terraform address of another principal */
  readonly id: string;
  readonly isAgent: boolean;
  /** Where an agent is declared, where that is known */
  readonly source?: ChangeSource;
  /** Of agents that the registry holds and that can be read */
  readonly declared?: DeclaredAccess;
  readonly aws: AwsAccess;
  readonly kubernetes: KubernetesAccess;
  /** What could not be read or decided: it may allow anything. */
  readonly unknown: readonly Unknown[];
}

export interface AwsAccess {
  /** The most dangerous first */
  readonly paths: readonly PathAccess[];
  readonly roles: readonly RoleEntry[];
}

/** One way into AWS, such as `task answer`, and what it opens by itself */
export interface PathAccess {
  readonly name: string;
  /** Nothing is known to allow it: it is what would be open if policies that cannot be read allowed everything. */
  readonly isAssumed: boolean;
  /** The most dangerous first */
  readonly pairs: readonly AllowedPair[];
}

/** An action and a resource, as patterns of an Allow, of which something is really allowed */
export interface AllowedPair {
  readonly action: string;
  readonly resource: string;
  /** For code, and not in JSON */
  readonly kinds: Gained["kinds"];
  /** One request that is allowed */
  readonly witness: AccessRequest;
  /** False where it depends on `unknown` whether it is allowed */
  readonly certain: boolean;
  readonly unknown: readonly string[];
  /** Every Allow that lets the witness through, of each layer at least one */
  readonly by: readonly StatementPlace[];
}

/** A statement, by where a reader finds it */
export interface StatementPlace {
  /** `role`, `boundary`, `session policy`, `policies of resources`; a Deny may stand outside of the path */
  readonly layer: string;
  readonly sid?: string;
  readonly source: ChangeSource;
}

/** How somebody becomes a role */
export interface RoleEntry {
  readonly address: string;
  /** ARN, or address where none is known */
  readonly key: string;
  /** Seconds, as they are written: a reference, where they are not known yet */
  readonly maxSession: string;
  readonly trusted: readonly TrustedCaller[];
}

export interface TrustedCaller {
  /** With its type, such as `AWS:arn:…`; `anybody` where the statement names no principal */
  readonly who: string;
  readonly action: string;
  /** One request that is allowed */
  readonly witness: AccessRequest;
  readonly certain: boolean;
  readonly source: ChangeSource;
}

/** What a principal has in a cluster */
export interface KubernetesAccess {
  /** Of RBAC, and secrets and volumes that its pods mount */
  readonly rights: readonly Change[];
  /** Where its pods may connect to */
  readonly egress: readonly Change[];
  /** Who may connect to its pods */
  readonly ingress: readonly Change[];
  /** Who it is: service account, SPIFFE IDs, roles that its account assumes, federation, lifetimes of SVIDs */
  readonly identities: readonly Change[];
  /** What its pods may do on a node, and what does not protect them */
  readonly pods: readonly Change[];
}
