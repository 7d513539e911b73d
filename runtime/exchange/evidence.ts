import type { Start, User } from "../../domain";
import type { FleetAgent, FleetTask, FleetView } from "../registry/registry";
import type { Run } from "../session/session";

export interface EvidenceRequest {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly task: FleetTask;
  readonly start: Start;
  /** Undefined for start `agent` only */
  readonly subjectToken: { readonly token: string; readonly type: string } | undefined;
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
   * Evidence from outside the agent, by issuer and `jti` (or the token itself). `single`: it may start one run only, and a second is
   * `evidence.replayed`; otherwise it may be used again, but begins a clean session only once.
   */
  readonly outside:
    | {
        readonly digest: string;
        readonly single: boolean;
        readonly until: number;
        /** Asks for a clean session although another lives */
        readonly newSession: boolean;
      }
    | undefined;
}

export interface EvidenceVerifier {
  /** @throws Refusal */
  verify(request: EvidenceRequest): Promise<ProvenStart>;
}
