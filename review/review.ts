import type { RegistryHorizon } from "../domain/registry/document";
import type { Change, ChangeSource, Unknown } from "./change";

/** What a pull request lets everybody do that they could not do before */
export interface Review {
  /** Agents, and principals without a declaration by their Terraform address; those that change, by name */
  readonly agents: readonly PrincipalReview[];
  /** Access in head that no declaration explains, whether it is new or stood in base already */
  readonly undeclared: readonly Change[];
  /** What head declares and its configuration does not grant */
  readonly ungranted: readonly Change[];
  /** What could not be decided and belongs to no single principal. It counts as a gain. */
  readonly unknown: readonly Unknown[];
  /** Whether anything was gained, or may have been */
  readonly requiresApproval: boolean;
  /** Who must approve what; without rules, one entry for everything */
  readonly approvals: readonly RequiredApproval[];
  /** What the rules of the base say that somebody knows already: it is listed nowhere else */
  readonly acknowledged: readonly AcknowledgedFinding[];
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
  /** Of agents only: the longest time after a kill at which something still works */
  readonly horizon: { readonly before?: Horizon; readonly after?: Horizon };
  /** What it can do in head that is harmless by itself and harmful together */
  readonly combinations: readonly Combination[];
}

/** What follows from what the registry declares */
export interface Risk {
  readonly score: number;
  readonly tier: string;
  /** What raised it, heaviest first */
  readonly reasons: readonly string[];
}

export type Horizon = RegistryHorizon;

/** Abilities that are dangerous because one principal has them all */
export interface Combination {
  /** Stable name, such as `exfiltration` */
  readonly code: string;
  /** In words, such as `reads untrusted output and confidential data, and is seen outside` */
  readonly what: string;
  /** Each ability, and where it comes from */
  readonly parts: readonly Ability[];
  /** False where it stood in base already */
  readonly isNew: boolean;
}

export interface RequiredApproval {
  /** Name of the rule, or `default` */
  readonly rule: string;
  /** Who may approve; empty without rules, where any reviewer may */
  readonly approvers: readonly string[];
  /** How many of them must */
  readonly count: number;
  /** What for, such as `prod.support-triage gains trust: …` */
  readonly reasons: readonly string[];
}

export interface AcknowledgedFinding {
  readonly principal?: string;
  readonly kind: string;
  readonly what: string;
  /** Date until which it holds, such as `2027-01-31` */
  readonly until: string;
  readonly because: string;
}

/** A combination as one state has it */
export type StateCombination = Omit<Combination, "isNew">;

/** One part of a combination */
export interface Ability {
  readonly what: string;
  readonly source: ChangeSource;
}
