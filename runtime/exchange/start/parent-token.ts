import { Refusal } from "../../refusal/refusal";
import type { EvidenceRequest, ProvenStart } from "../../session/evidence";
import type { Run } from "../../session/session";
import type { AccessTokenClaims } from "../../token/access-token";
import { isRunOf } from "../../token/run-of-token";
import { taskScope } from "../../token/task-scope";
import type { TokenReader } from "../../token/token-reader";
import type { ReadEvidence } from "./read-evidence";

/** Reads runs of the present epoch */
export interface RunReader {
  /** Undefined if there is none */
  read(run: string): Promise<Run | undefined>;
}

export interface ParentTokenProps {
  /** The exchange's issuer */
  readonly issuer: string;
  readonly tokens: TokenReader;
  readonly runs: RunReader;
}

/**
 * A token of this exchange with which a delegator hands work on, for one run
 *
 * @throws Refusal
 */
export async function readParentToken(
  token: string,
  { fleet, agent, task, now }: EvidenceRequest,
  { issuer, tokens, runs }: ParentTokenProps,
): Promise<ReadEvidence> {
  const claims = await tokens.examine(token, now);
  if (typeof claims === "string") throw Refusal.of(claims);
  if (claims.aud !== "exchange") throw Refusal.of("parent.not-exchangeable");
  const mayAct = claims.may_act?.sub;
  if (mayAct !== agent.spiffeId) throw Refusal.of("evidence.other-agent");
  if (claims.scope !== taskScope(agent.name, task.name)) throw Refusal.of("evidence.other-task");
  const delegator = fleet.agentOf(claims.client_id)?.name ?? "";
  return {
    evidence: {
      start: "delegation",
      audience: [issuer],
      expiresAt: claims.exp,
      mayAct,
      parent: `${delegator}.${claims.task}`,
    },
    proven: async () => provenBy(claims, await livingRun(claims, runs, now)),
  };
}

function provenBy({ exp, jti }: AccessTokenClaims, parent: Run): ProvenStart {
  return {
    by: "delegation",
    user: parent.user,
    ...(parent.userEmail !== undefined && { userEmail: parent.userEmail }),
    // Else a delegate that brought the event about would begin clean by way of its delegator.
    ...(parent.inherits === true && { inherits: true }),
    // It bounds its presentation: the run that it begins ends with the run that handed the work on.
    expiresAt: undefined,
    parent,
    parentToken: { jti, expiresAt: exp },
    outside: undefined,
  };
}

/** What the token says of its run must be what is known of it: the rules go by the record. */
async function livingRun(claims: AccessTokenClaims, runs: RunReader, now: number): Promise<Run> {
  const run = await runs.read(claims.run);
  if (run === undefined || !isRunOf(run, claims)) {
    throw Refusal.of("run.unknown", "the run that handed the work on is not known");
  }
  if (!(run.expiresAt > now)) throw Refusal.of("evidence.expired", "the run that handed the work on is over");
  return run;
}
