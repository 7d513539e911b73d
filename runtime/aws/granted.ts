import { LIMITS } from "../../domain";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import type { FleetAgent } from "../registry/registry";
import type { Raise } from "../session/session-state";
import type { Asked } from "./asked";
import type { RoleSession } from "./assume-role";
import { sessionPolicyUntil } from "./session-policy";
import { STS_DEADLINE_SECONDS } from "./sts";

/** What the policy has allowed, ready to be written down and to be asked of STS */
export interface Granted {
  readonly asked: Asked;
  readonly agent: FleetAgent;
  readonly roleSession: RoleSession;
  /** End of the use of the credentials, whole seconds since the epoch: no credentials are good for longer */
  readonly end: number;
  readonly raise: Raise;
}

/**
 * A tainted session gets no credentials that write trusted data. No reservation keeps taint away while it holds them:
 * synth allows no domain in which both can happen (domain/rules/taint.ts), so it takes a change of registry in between,
 * and credentials from before it live 15 minutes at most.
 *
 * @throws Refusal `aws.not-granted`, `aws.policy-too-large`, `session.tainted`
 */
export function granted(asked: Asked): Granted {
  const { fleet, run, now } = asked;
  const agent = fleet.agentOf(run.spiffeId);
  const aws = agent?.tasks.get(run.task)?.aws;
  if (agent === undefined || aws === undefined) throw Refusal.of("aws.not-granted");
  if (aws.writesTrusted && (asked.own.session.tainted || aws.readsUntrusted)) throw deniedBy("session.tainted");
  const end = endOf(asked, agent);
  const last = now + STS_DEADLINE_SECONDS + LIMITS.brokeredSession.seconds;
  const { reads, writes, readsUntrusted } = aws;
  // By the clock of AWS, which decides until when they are good.
  const until = Math.min(last, end) + LIMITS.clockSkew.seconds;
  return {
    asked,
    agent,
    roleSession: {
      role: aws.role,
      policy: sessionPolicyUntil(aws.sessionPolicy, end < last ? end : undefined),
      agent: agent.name,
      task: run.task,
      user: run.user,
      sid: run.sid,
      txn: run.txn,
    },
    end,
    raise: {
      mark: reads,
      tainted: readsUntrusted,
      untrustedUntil: readsUntrusted ? until : 0,
      readable: reads && { sensitivity: reads, until },
      writable: writes && { sensitivity: writes, until },
    },
  };
}

/** The end of the run, of its session (which may be idle from now on), of the agent or of one that handed the work on */
function endOf({ fleet, run, own, now }: Asked, agent: FleetAgent): number {
  const { startedAt } = own.session;
  return Math.min(
    run.expiresAt,
    startedAt + agent.session.totalSeconds,
    now + agent.session.idleSeconds,
    agent.expires,
    ...run.chain.map(({ spiffeId }) => fleet.agentOf(spiffeId)?.expires ?? now),
  );
}
