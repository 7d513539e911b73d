import type { Hop, SensitivityName, Start, User } from "../../domain";

/** Whose state it is: one agent, by its name, and one user or none */
export interface SessionOwner {
  readonly agent: string;
  readonly user: User | null;
}

/** State kept for agent and user, as the store holds it */
export interface Session {
  readonly sid: string;
  /** Whole seconds since the epoch, as all times here */
  readonly startedAt: number;
  readonly lastUsedAt: number;
  /** Highest sensitivity read */
  readonly mark: SensitivityName;
  /** Untrusted output was read */
  readonly tainted: boolean;
  /** `<tool>.<action>` that succeeded, the first success last, the latest 256 */
  readonly done: readonly string[];
  /** Until when AWS credentials may show data of a sensitivity: a clean session begins with the highest as its mark */
  readonly readable: Readonly<Partial<Record<SensitivityName, number>>>;
  /** Until when AWS credentials may write data of a sensitivity */
  readonly writable: Readonly<Partial<Record<SensitivityName, number>>>;
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
  readonly start: Start;
  /** Delegators, the first one first */
  readonly chain: readonly ChainHop[];
  /** With which the chain began; null where an agent began it by itself */
  readonly evidence: OutsideEvidence | null;
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
  /** From when it starts nothing more */
  readonly until: number;
}

/** A delegator with the run in which it handed the work on */
export interface ChainHop extends Hop {
  readonly agent: string;
  readonly run: string;
  readonly sid: string;
}
