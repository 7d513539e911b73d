import type { SensitivityName } from "../../../domain";

/** Who or what decided */
export type DecidedBy = "companion" | "exchange" | "gateway";

export interface ReasonSeen {
  readonly code: string;
  readonly what: string;
  readonly fix: string;
  /** Where the rule that refused was declared; undefined if that is not known */
  readonly declared?: string;
}

/** What would allow it, as `ambit explain` says it */
export interface RemedySeen {
  readonly possible: boolean;
  /** What to change, each in a sentence */
  readonly changes: readonly string[];
  /** Why no change allows the request as it is */
  readonly because: readonly string[];
}

/** What is known of whose it is */
export interface Whose {
  readonly agent?: string;
  readonly task?: string;
  readonly run?: string;
  readonly txn?: string;
}

export interface RunSeen {
  readonly kind: "run";
  readonly how: "begun" | "joined";
  readonly run: string;
  readonly txn: string;
  readonly agent: string;
  readonly task: string;
  readonly start: string;
  /** Undefined without a user */
  readonly user?: string;
  /** Delegators, the first one first */
  readonly chain: readonly { readonly agent: string; readonly task: string }[];
  readonly sid: string;
  /** Whole seconds since the epoch */
  readonly expiresAt: number;
}

export interface SessionSeen {
  readonly kind: "session";
  readonly sid: string;
  readonly agent: string;
  /** Highest sensitivity read */
  readonly mark: SensitivityName;
  /** Untrusted output was read */
  readonly tainted: boolean;
  /** Whether there was one before, which knew less */
  readonly rose: boolean;
}

export interface DecisionSeen extends Whose {
  readonly kind: "decision";
  readonly allowed: boolean;
  readonly by: DecidedBy;
  /** What was asked: `<tool>.<action>`, a token, a request in */
  readonly what: string;
  readonly reasons: readonly ReasonSeen[];
  readonly remedy?: RemedySeen;
  /** Under which it stands in the log */
  readonly decision?: string;
}

export interface NoteSeen extends Whose {
  readonly kind: "answer-cut" | "approval" | "decided" | "issued" | "lost" | "outcome" | "served";
  readonly what: string;
  /** Of a request that waits: where a person decides on it */
  readonly link?: string;
}

/** What an operator stopped, or lets act again */
export interface StopSeen {
  readonly kind: "restored" | "stopped";
  /** Such as `agent support-triage` */
  readonly what: string;
  /** In the operator's own words */
  readonly why: string;
  readonly by: string;
  /** Whole seconds since the epoch, before which it is not restored; undefined for what ends by itself or acts again */
  readonly restorableAt?: number;
}

export type Seen = DecisionSeen | NoteSeen | RunSeen | SessionSeen | StopSeen;

/** An event as a page gets it: the number grows, and no number comes twice */
export type Numbered = Seen & { readonly number: number; readonly time: string };
