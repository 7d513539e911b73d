import type { Start, User } from "../../domain";
import type { FleetAgent, FleetTask, FleetView } from "../registry/registry";
import type { OutsideEvidence, Run } from "./session";

/** What people were asked for in runs that a start token is behind, and may still decide or have approved */
export interface AskedWith {
  /** Whole seconds since the epoch, from which it can no longer be used */
  readonly until: number;
  /** The transaction of those runs, which goes on */
  readonly txn: string;
}

export interface EvidenceRequest {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly task: FleetTask;
  readonly start: Start;
  /** Undefined for start `agent` only */
  readonly subjectToken: { readonly token: string; readonly type: string } | undefined;
  /** By the digest of a start token, which may have expired while a person decided; undefined if no request was opened with it */
  readonly asked: (digest: string) => Promise<AskedWith | undefined>;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** It begins one run, unless it was revoked before. */
export interface ParentToken {
  readonly jti: string;
  /** Whole seconds since the epoch, from which it can no longer begin a run */
  readonly expiresAt: number;
}

/** What the evidence proves, its signature and every rule of `startProblem` checked */
export interface ProvenStart {
  readonly by: Start;
  readonly user: User | null;
  /** Of the user, as the issuer has verified it; left out if that is not known */
  readonly userEmail?: string | undefined;
  /**
   * Whether the agent may have brought it about itself, or the event with which the chain began, so that it inherits all that the agent
   * has held; left out if not. Start `agent` always does.
   */
  readonly inherits?: boolean;
  /**
   * Of a subject token that says for how long it stands: no token of this request lives longer. Undefined for start `agent`, and
   * for `delegation`, whose token bounds its presentation alone
   */
  readonly expiresAt: number | undefined;
  /** That goes on, where a start token starts again what waits for a person; left out if a transaction begins */
  readonly txn?: string | undefined;
  /** The run in which the work was handed on; only for start `delegation` */
  readonly parent: Run | undefined;
  /** With which the work was handed on; only for start `delegation` */
  readonly parentToken: ParentToken | undefined;
  /**
   * Evidence from outside the agent. `single`: it may start one run only, and a second is `evidence.replayed`; otherwise it may be used
   * again, but begins a clean session of an agent only once.
   */
  readonly outside:
    | (OutsideEvidence & {
        readonly single: boolean;
        /** Asks for a clean session although another lives */
        readonly newSession: boolean;
      })
    | undefined;
}

/** Outside evidence at the start of the chain that this start begins or continues; null if there is none */
export function evidenceBehind({ outside, parent }: ProvenStart): OutsideEvidence | null {
  if (outside === undefined) return parent?.evidence ?? null;
  const { digest, until, issuedAt } = outside;
  return { digest, until, ...(issuedAt !== undefined && { issuedAt }) };
}

export interface EvidenceVerifier {
  /** @throws Refusal */
  verify(request: EvidenceRequest): Promise<ProvenStart>;
}
