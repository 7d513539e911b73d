import type { Change, Unknown } from "./change";

/** What a pull request lets everybody do that they could not do before */
export interface Review {
  /** Agents, and principals without a declaration by their Terraform address; those that change, by name */
  readonly agents: readonly PrincipalReview[];
  /** Access in head that no declaration explains */
  readonly undeclared: readonly Change[];
  /** What could not be decided and belongs to nobody alone. It counts as a gain. */
  readonly unknown: readonly Unknown[];
  /** Whether anything was gained, or may have been */
  readonly requiresApproval: boolean;
  /** What was compared; undefined where a folder holds more than was read */
  readonly digests?: Digests;
}

/** By which a deploy knows that it applies what was reviewed */
export interface Digests {
  readonly base: string;
  readonly head: string;
  /** SHA-256 of each file of head, by path */
  readonly files: ReadonlyMap<string, string>;
}

export interface PrincipalReview {
  readonly id: string;
  readonly isAgent: boolean;
  readonly gains: readonly Change[];
  readonly losses: readonly Change[];
  readonly unknown: readonly Unknown[];
  /** Of agents only; undefined in a state in which there is none */
  readonly risk: { readonly before?: Risk; readonly after?: Risk };
}

/** As the registry says it */
export interface Risk {
  readonly score: number;
  readonly tier: string;
}
