import type { SensitivityName } from "../sensitivity";
import type { Start } from "../task";
import type { ReasonCode } from "./reasons";

/** Grows when an engine or a caller must change. Another version is denied. */
export const DECISION_VERSION = "ambit.decision/1";

/** What a run that begins without a token is asked about as; no token has it */
export const RUN_AUDIENCE = "run";

/** `issue`: may this token be made, or this run begin? `call`: may this request go out? */
export type Phase = "issue" | "call";

/** A person at an identity provider; equal only where both parts are */
export interface User {
  readonly issuer: string;
  readonly subject: string;
}

/** Who handed the work on, with the task it was doing */
export interface Hop {
  readonly spiffeId: string;
  readonly task: string;
}

export interface DecisionInput {
  readonly version: typeof DECISION_VERSION;
  readonly phase: Phase;
  /** Whole seconds since the epoch, as all times here */
  readonly time: number;
  /** Highest policy revision that the caller has seen; 0 for none */
  readonly revisionSeen: number;
  /** Its SPIFFE ID as authenticated, its name as claimed */
  readonly agent: { readonly name: string; readonly spiffeId: string };
  readonly task: string;
  /** Delegators, the first one first; empty without a delegation */
  readonly chain: readonly Hop[];
  /** The run's user; kept along the chain */
  readonly user: User | null;
  /** What started this task, and whether its evidence holds; `agent` needs none */
  readonly start: { readonly by: Start; readonly evidence: "verified" | "none" };
  readonly run: { readonly startedAt: number; readonly expiresAt: number };
  readonly session: SessionFacts;
  /**
   * The token to be issued, or the one presented. Audience `exchange`, `aws` or `tool:<name>`, or {@link RUN_AUDIENCE}.
   * Its scope are names of actions of the tool; for a token to be issued, the requested ones, or empty for all allowed
   * ones.
   */
  readonly token: { readonly audience: string; readonly expiresAt: number; readonly scope: readonly string[] };
  /** Null exactly when a token is issued */
  readonly call: CallFacts | null;
  /**
   * `sha256:` and 64 hex digits over the RFC 8785 form of agent, chain, user, task, tool, action, destination and
   * arguments. Null only when a token is issued.
   */
  readonly requestDigest: string | null;
  /** What each budget of the task has spent and this call would add, by {@link budgetKey} */
  readonly budgets: Readonly<Record<string, { readonly spent: number; readonly cost: number }>>;
  /** `<tool>.<action>` that succeeded earlier */
  readonly done: { readonly run: readonly string[]; readonly session: readonly string[] };
  readonly approval: ApprovalFacts | null;
  readonly revocation: RevocationFacts;
  /** What the intent evaluator said of this call; null if it was not asked */
  readonly intent: { readonly verdict: "allowed" | "refused" | "error" | "timeout" } | null;
}

/** State kept for agent and user */
export interface SessionFacts {
  readonly startedAt: number;
  readonly lastUsedAt: number;
  /** Highest sensitivity read */
  readonly mark: SensitivityName;
  /** Untrusted output was read */
  readonly tainted: boolean;
  /** Lowest sensitivity of data that an unexpired AWS credential may write; null if there is none */
  readonly writable: SensitivityName | null;
}

export interface CallFacts {
  readonly tool: string;
  readonly action: string;
  /** Host, with its port where it is not 443, as the request names it */
  readonly destination: string;
  /** `<dataset>:<kind>` that the request touches */
  readonly data: readonly string[];
}

/** One human decision, as the store holds it */
export interface ApprovalFacts {
  readonly group: string;
  readonly requestDigest: string;
  readonly decidedBy: User;
  readonly expiresAt: number;
  readonly spent: boolean;
}

export interface RevocationFacts {
  /** False if the store could not be read, or its answer is stale */
  readonly known: boolean;
  /** What of this request was revoked; `agent` stands for every agent of the chain */
  readonly revoked: readonly Revocable[];
}

export const REVOCABLES = ["agent", "run", "session", "token", "user"] as const;
export type Revocable = (typeof REVOCABLES)[number];

/** An engine's answer. A malformed verdict is a denial. */
export interface Verdict {
  readonly allow: boolean;
  /** Every rule that refused, sorted; empty if allowed */
  readonly reasons: readonly string[];
  /** Rules that would have refused, were they not only observed; sorted, empty if denied */
  readonly observed: readonly string[];
  /** Revision of the deciding policy; 0 if it has none */
  readonly revision: number;
}

/** A verdict that explains itself */
export interface Decision {
  readonly version: typeof DECISION_VERSION;
  readonly decision: "allow" | "deny";
  readonly reasons: readonly Reason[];
  readonly observed: readonly Reason[];
  readonly revision: number;
}

export interface Reason {
  readonly code: ReasonCode | `custom.${string}`;
  /** What is wrong, in a sentence */
  readonly what: string;
  /** What would allow it */
  readonly fix: string;
}
