import type { Start, User } from "../../domain";
import type { FleetAgent, FleetTask, FleetView } from "../registry/registry";
import type { OutsideEvidence, Run } from "./session";

/** Evidence that came with a request for approval, and held then */
export interface AskedWith {
  readonly digest: string;
  /** Whole seconds since the epoch */
  readonly at: number;
  /** From when the approval cannot be used */
  readonly until: number;
}

export interface EvidenceRequest {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly task: FleetTask;
  readonly start: Start;
  /** Undefined for start `agent` only */
  readonly subjectToken: { readonly token: string; readonly type: string } | undefined;
  /** Where a start token may have expired while a person decided */
  readonly asked: AskedWith | undefined;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** What the evidence proves, its signature and every rule of `startProblem` checked */
export interface ProvenStart {
  readonly by: Start;
  readonly user: User | null;
  /** Of the subject token: no token lives longer; undefined for start `agent` */
  readonly expiresAt: number | undefined;
  /** The run in which the work was handed on; only for start `delegation` */
  readonly parent: Run | undefined;
  /** `jti` of the parent token, which may have been revoked; only for start `delegation` */
  readonly parentToken: string | undefined;
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

/** From outside, with which the chain began that this start goes on with or begins; null where there is none */
export function evidenceBehind({ outside, parent }: ProvenStart): OutsideEvidence | null {
  if (outside === undefined) return parent?.evidence ?? null;
  return { digest: outside.digest, until: outside.until };
}

export interface EvidenceVerifier {
  /** @throws Refusal */
  verify(request: EvidenceRequest): Promise<ProvenStart>;
}
