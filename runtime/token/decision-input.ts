import {
  type ApprovalFacts,
  DECISION_VERSION,
  type DecisionInput,
  type RevocationFacts,
  type SessionFacts,
} from "../../domain";
import type { Run } from "../session/session";

/** What a token would be, and what is known when it is asked for */
export interface IssueFacts {
  /** Whole seconds since the epoch */
  readonly now: number;
  /** Highest revision of the registry that was ever used; 0 for none */
  readonly revisionSeen: number;
  readonly run: Run;
  /** What the policy asks about it */
  readonly session: SessionFacts;
  /** `<tool>.<action>` that succeeded in the session */
  readonly done: readonly string[];
  /** `exchange`, `aws` or `tool:<name>` */
  readonly audience: string;
  /** Of the token to be made */
  readonly expiresAt: number;
  /**
   * Names of actions of the tool.
   *
   * @default - none
   */
  readonly scope?: readonly string[] | undefined;
  readonly revocation: RevocationFacts;
  /** Approval of the call; null for other requests, and without an approval */
  readonly approval: ApprovalFacts | null;
}

/**
 * Input of the decision to issue a token. The run's evidence was verified when it began; a self-started run has none.
 */
export function issueInput(facts: IssueFacts): DecisionInput {
  const { now, run } = facts;
  return {
    version: DECISION_VERSION,
    phase: "issue",
    time: now,
    revisionSeen: facts.revisionSeen,
    agent: { name: run.agent, spiffeId: run.spiffeId },
    task: run.task,
    chain: run.chain.map(({ spiffeId, task }) => ({ spiffeId, task })),
    user: run.user,
    start: { by: run.start, evidence: run.start === "agent" ? "none" : "verified" },
    run: { startedAt: run.startedAt, expiresAt: run.expiresAt },
    session: facts.session,
    token: { audience: facts.audience, expiresAt: facts.expiresAt, scope: facts.scope ?? [] },
    call: null,
    requestDigest: null,
    budgets: {},
    done: { run: run.done, session: facts.done },
    approval: facts.approval,
    revocation: facts.revocation,
    intent: null,
  };
}
