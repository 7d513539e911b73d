import { LIMITS } from "../limits";
import type { Start } from "../task";

/** As much of an agent as decides on a start */
export interface StartedAgent {
  readonly name: string;
  /** OAuth clients whose users may start it */
  readonly clients: readonly string[];
}

/** As much of a task as decides on its start */
export interface StartedTask {
  readonly name: string;
  readonly startedBy: readonly Start[];
}

/** What the exchange learned from the subject token, its signature already verified */
export type StartEvidence =
  | {
      readonly start: "user";
      readonly audience: readonly string[];
      readonly expiresAt: number;
      readonly issuedAt: number;
      /** Claim `may_act.sub` */
      readonly mayAct?: string;
      /** Claim `azp` or `client_id` */
      readonly client?: string;
      /** Tasks named by scope `ambit:<agent>:<task>` or by authorization details, as `<agent>.<task>` */
      readonly tasks: readonly string[];
    }
  | {
      readonly start: "schedule" | "event";
      readonly audience: readonly string[];
      readonly expiresAt: number;
      readonly issuedAt: number;
      /** Claim `typ` of the header */
      readonly type: string;
      /** Whether the issuer is a starter declared in the platform for this start */
      readonly knownStarter: boolean;
      readonly subject: string;
      readonly task: string;
      /** Whether its `jti` was seen before */
      readonly replayed: boolean;
    }
  | {
      readonly start: "delegation";
      readonly audience: readonly string[];
      readonly expiresAt: number;
      /** Claim `may_act.sub` of the parent token */
      readonly mayAct?: string;
      /** `<agent>.<task>` of the parent token */
      readonly parent: string;
    }
  | { readonly start: "agent" };

/** Who asks to start what, and when */
export interface StartRequest {
  readonly spiffeId: string;
  /** Audience that names the exchange */
  readonly exchange: string;
  /** Seconds since the epoch */
  readonly now: number;
  /** Looks up the task a parent token was issued for; `target` of an edge is `<agent>.<task>` */
  readonly parentTask: (name: string) => { readonly delegates: readonly { readonly target: string }[] } | undefined;
}

export type StartReason =
  | "start-not-declared"
  | "evidence-audience"
  | "evidence-expired"
  | "evidence-too-long"
  | "evidence-too-old"
  | "evidence-from-future"
  | "evidence-type"
  | "evidence-starter-unknown"
  | "evidence-replayed"
  | "evidence-other-agent"
  | "evidence-other-task"
  | "delegation-undeclared";

/** Of what starters may prove */
export type StarterStart = "event" | "schedule";
export const STARTER_STARTS = ["event", "schedule"] as const satisfies readonly StarterStart[];

export const START_TOKEN_TYPE = "ambit-start+jwt";

/** Why the evidence does not start the task; undefined when it does. */
export function startProblem(
  agent: StartedAgent,
  task: StartedTask,
  evidence: StartEvidence,
  request: StartRequest,
): StartReason | undefined {
  const start: Start = evidence.start;
  if (!task.startedBy.includes(start)) return "start-not-declared";
  if (evidence.start === "agent") return undefined;
  if (evidence.audience.length !== 1 || evidence.audience[0] !== request.exchange) return "evidence-audience";
  if (!(evidence.expiresAt > request.now)) return "evidence-expired";
  const name = `${agent.name}.${task.name}`;
  switch (evidence.start) {
    case "user": {
      if (!(request.now - evidence.issuedAt <= LIMITS.userEvidence.seconds)) return "evidence-too-old";
      if (isFromFuture(evidence, request)) return "evidence-from-future";
      const byClient = evidence.client !== undefined && agent.clients.includes(evidence.client);
      if (evidence.mayAct !== undefined ? evidence.mayAct !== request.spiffeId : !byClient)
        return "evidence-other-agent";
      return evidence.tasks.includes(name) ? undefined : "evidence-other-task";
    }
    case "schedule":
    case "event": {
      if (evidence.type !== START_TOKEN_TYPE) return "evidence-type";
      if (!evidence.knownStarter) return "evidence-starter-unknown";
      if (!(evidence.expiresAt - evidence.issuedAt <= LIMITS.startEvidence.seconds)) return "evidence-too-long";
      if (isFromFuture(evidence, request)) return "evidence-from-future";
      if (evidence.replayed) return "evidence-replayed";
      if (evidence.subject !== request.spiffeId) return "evidence-other-agent";
      return evidence.task === task.name ? undefined : "evidence-other-task";
    }
    case "delegation": {
      if (evidence.mayAct !== request.spiffeId) return "evidence-other-agent";
      const edges = request.parentTask(evidence.parent)?.delegates ?? [];
      return edges.some((edge) => edge.target === name) ? undefined : "delegation-undeclared";
    }
  }
}

function isFromFuture(evidence: { readonly issuedAt: number }, request: StartRequest): boolean {
  return !(evidence.issuedAt <= request.now + LIMITS.clockSkew.seconds);
}
