import type { Statement } from "../statement";

/** One call of an AWS API, as IAM sees it. */
export interface AccessRequest {
  readonly action: string;
  readonly resource: string;
  /**
   * With its type: `AWS:arn:…`, `Service:…`, `Federated:…`, `CanonicalUser:…`, or `*` for an anonymous caller.
   *
   * @default "*", for a statement that names principals
   */
  readonly principal?: string;
  /** Condition keys and their values; a key that is left out is absent. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export interface SourcedStatement {
  readonly statement: Statement;
  /** Where a reader finds it: address and attribute */
  readonly source: string;
  /** Name of the policy, if the source only refers to it and its text lies elsewhere */
  readonly policy?: string;
}

/** Statements that count together: one Allow of them is enough. */
export interface Layer {
  readonly name: string;
  readonly statements: readonly SourcedStatement[];
}

/** All layers must allow, such as identity policies, boundary and session policy; without layers nothing is allowed. */
export interface AccessPath {
  readonly name: string;
  readonly layers: readonly Layer[];
}

/** One path is enough. A Deny wins, in any layer of any path, and in `denies`. */
export interface Access {
  readonly paths: readonly AccessPath[];
  readonly denies?: readonly SourcedStatement[];
}
