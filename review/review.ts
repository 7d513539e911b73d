import type { RegistryHorizon } from "../domain/registry/document";
import type { Change, ChangeSource, Unknown } from "./change";

/** What a pull request lets each principal do that it could not do before */
export interface Review {
  /** Agents, and principals without a declaration by their Terraform address; only changed ones, sorted by name */
  readonly agents: readonly PrincipalReview[];
  /** Access in head that no declaration explains, new or already in base */
  readonly undeclared: readonly Change[];
  /** Declared access that the configuration of head does not grant */
  readonly ungranted: readonly Change[];
  /** Undecided findings without a single principal. They count as gains. */
  readonly unknown: readonly Unknown[];
  /** Whether there is a gain, or a possible one */
  readonly requiresApproval: boolean;
  /** Approvals and their reasons; without rules, one entry for everything */
  readonly approvals: readonly RequiredApproval[];
  /** Findings that the rules of base acknowledge: no other list has them */
  readonly acknowledged: readonly AcknowledgedFinding[];
  /** Digests of the compared folders; undefined if a folder holds more than was read */
  readonly digests?: Digests;
}

/** A deploy compares them with the folder that it applies */
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
  /** For agents only; undefined in a state without the agent */
  readonly risk: { readonly before?: Risk; readonly after?: Risk };
  /** For agents only: the longest time that something still works after a kill */
  readonly horizon: { readonly before?: Horizon; readonly after?: Horizon };
  /** Abilities in head that are harmless alone and harmful together */
  readonly combinations: readonly Combination[];
}

/** Risk that follows from the registry's declarations */
export interface Risk {
  readonly score: number;
  readonly tier: string;
  /** Reasons that raise it, heaviest first */
  readonly reasons: readonly string[];
}

export type Horizon = RegistryHorizon;

/** Abilities that are dangerous because one principal has all of them */
export interface Combination {
  /** Stable name, such as `exfiltration` */
  readonly code: string;
  /** In words, such as `reads untrusted output and confidential data, and is seen outside` */
  readonly what: string;
  /** Each ability with its source */
  readonly parts: readonly Ability[];
  /** False if base already had it */
  readonly isNew: boolean;
}

export interface RequiredApproval {
  /** Name of the rule, or `default` */
  readonly rule: string;
  /** Approvers; empty without rules, when any reviewer may approve */
  readonly approvers: readonly string[];
  /** Number of approvers that are needed */
  readonly count: number;
  /** Reasons, such as `prod.support-triage gains trust: …` */
  readonly reasons: readonly string[];
}

export interface AcknowledgedFinding {
  readonly principal?: string;
  readonly kind: string;
  readonly what: string;
  /** Last day on which it holds, such as `2027-01-31` */
  readonly until: string;
  readonly because: string;
}

/** A combination in one state */
export type StateCombination = Omit<Combination, "isNew">;

/** One part of a combination */
export interface Ability {
  readonly what: string;
  readonly source: ChangeSource;
}
