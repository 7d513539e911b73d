import type { AccessRequest } from "../../iam/access/access";
import type { Gained } from "../../iam/access/difference";
import type { Change, ChangeSource, Unknown } from "../change";
import type { DeclaredAccess } from "./declared-access";

/** Access of one principal in one synthesized folder */
export interface PrincipalAccess {
  /** An agent's name, or the Terraform address of another principal */
  readonly id: string;
  readonly isAgent: boolean;
  /** Where an agent is declared, if that is known */
  readonly source?: ChangeSource;
  /** For agents whose registry entry can be read */
  readonly declared?: DeclaredAccess;
  readonly aws: AwsAccess;
  readonly kubernetes: KubernetesAccess;
  /** Parts that could not be read or decided: each may allow anything. */
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
  /** True if it is open only in case policies that cannot be read allow everything */
  readonly isAssumed: boolean;
  /** The most dangerous first */
  readonly pairs: readonly AllowedPair[];
}

/** A pair of action and resource patterns of an Allow that allows at least one request */
export interface AllowedPair {
  readonly action: string;
  readonly resource: string;
  /** For code, and not in JSON */
  readonly kinds: Gained["kinds"];
  /** One request that is allowed */
  readonly witness: AccessRequest;
  /** False if it depends on `unknown` whether it is allowed */
  readonly certain: boolean;
  readonly unknown: readonly string[];
  /** Every Allow that lets the witness through, at least one in each layer */
  readonly by: readonly StatementPlace[];
}

/** A statement, by where a reader finds it */
export interface StatementPlace {
  /** `role`, `boundary`, `session policy`, `policies of resources`; a Deny may stand outside of the path */
  readonly layer: string;
  readonly sid?: string;
  readonly source: ChangeSource;
}

/** A way to become a role */
export interface RoleEntry {
  readonly address: string;
  /** ARN, or address if the ARN is not known */
  readonly key: string;
  /** Seconds as written; a reference if they are not known yet */
  readonly maxSession: string;
  readonly trusted: readonly TrustedCaller[];
}

export interface TrustedCaller {
  /** With its type, such as `AWS:arn:…`; `any principal` if the statement names none */
  readonly who: string;
  readonly action: string;
  /** One request that is allowed */
  readonly witness: AccessRequest;
  readonly certain: boolean;
  readonly source: ChangeSource;
}

/** Access of a principal in a cluster */
export interface KubernetesAccess {
  /** RBAC rights, and secrets and volumes that its pods mount */
  readonly rights: readonly Change[];
  /** Destinations of its pods */
  readonly egress: readonly Change[];
  /** Sources that may connect to its pods */
  readonly ingress: readonly Change[];
  /** Service account, SPIFFE IDs, roles that its account assumes, federation, lifetimes of SVIDs */
  readonly identities: readonly Change[];
  /** What its pods may do on a node, and protections that they lack */
  readonly pods: readonly Change[];
}
