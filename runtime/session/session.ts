import type { Hop, SensitivityName, Start, User } from "../../domain";

/** By sensitivity, until when; whole seconds since the epoch */
export type Untils = Readonly<Partial<Record<SensitivityName, number>>>;

/** A sensitivity, and until when; whole seconds since the epoch */
export interface Until {
  readonly sensitivity: SensitivityName;
  readonly until: number;
}

/** What a knower knows, and may do with it by what it holds */
export interface Knowledge {
  /** Highest sensitivity read */
  readonly mark: SensitivityName;
  /** Untrusted output was read */
  readonly tainted: boolean;
  /** Until when AWS credentials, or calls under way, may show data of a sensitivity: a clean session begins with the highest as its mark */
  readonly readable: Untils;
  /** Until when they may show untrusted data; 0 for never */
  readonly untrustedUntil: number;
  /** Until when AWS credentials may write data of a sensitivity */
  readonly writable: Untils;
  /** Until when a read of a sensitivity keeps lower credentials from being issued */
  readonly reserved: Untils;
}

/** State kept for one knower, as the store holds it */
export interface Session extends Knowledge {
  readonly sid: string;
  /** Whole seconds since the epoch, as all times here */
  readonly startedAt: number;
  readonly lastUsedAt: number;
  /** `<tool>.<action>` that succeeded, the first success last, the latest 256 */
  readonly done: readonly string[];
  /** Under which name budgets per session are counted, and until when a session that inherits goes on with it */
  readonly budgets: { readonly id: string; readonly until: number };
}

/** One execution of a task, as the store holds it */
export interface Run {
  readonly run: string;
  /** Id of the first run of the chain */
  readonly txn: string;
  readonly agent: string;
  readonly spiffeId: string;
  readonly task: string;
  readonly user: User | null;
  /** Of the user, as the issuer has verified it; left out if that is not known */
  readonly userEmail?: string | undefined;
  readonly start: Start;
  /** Delegators, the first one first */
  readonly chain: readonly ChainHop[];
  /** With which the chain began; null if an agent began it by itself */
  readonly evidence: OutsideEvidence | null;
  /** Whether the chain began by an event that one of its agents may have brought about; left out if not */
  readonly inherits?: boolean | undefined;
  readonly sid: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** `<tool>.<action>` that succeeded in it, the latest 256 */
  readonly done: readonly string[];
}

/** Evidence from outside the agents: a user's token, or a starter's */
export interface OutsideEvidence {
  /** Of its issuer and `jti`, or of the token itself */
  readonly digest: string;
  /** From then on it starts no run */
  readonly until: number;
  /** When its issuer signed it, rounded down; only for an issuer that reports ended logins */
  readonly issuedAt?: number;
}

/** A delegator with the run in which it handed the work on */
export interface ChainHop extends Hop {
  readonly agent: string;
  readonly run: string;
  readonly sid: string;
}
