import type { AuditEvent } from "../audit/audit";
import type { Confirmation } from "../identity/caller";
import type { Refusal } from "../refusal/refusal";
import type { Run } from "../session/session";
import { userDigest } from "../store/user-digest";
import type { AccessTokenClaims } from "./access-token";

export interface Begun {
  readonly run: Run;
  /** Of the registry by which it was decided */
  readonly revision: number;
  /** Rules that would have refused, were they not only observed */
  readonly observed: readonly string[];
}

export interface Issued extends Begun {
  readonly claims: AccessTokenClaims;
}

/** A run that began without a token. Written with what it tells. */
export function runBegun({ run, revision, observed }: Begun): AuditEvent {
  return {
    kind: "run.begun",
    time: run.startedAt,
    facts: { ...ofRun(run), runExpiresAt: run.expiresAt, revision, observed },
  };
}

/** A run that a request of its caller joined. Written with what it tells. */
export function runJoined({ run, revision, observed }: Begun, now: number): AuditEvent {
  return { kind: "run.joined", time: now, facts: { ...ofRun(run), runExpiresAt: run.expiresAt, revision, observed } };
}

/** Written with what it tells. The token itself is nowhere in it. */
export function tokenIssued({ claims, run, revision, observed }: Issued): AuditEvent {
  return {
    kind: "token.issued",
    time: claims.iat,
    facts: {
      ...ofRun(run),
      audience: claims.aud,
      token: claims.jti,
      scope: claims.scope ?? null,
      delegate: claims.may_act?.sub ?? null,
      expiresAt: claims.exp,
      runExpiresAt: run.expiresAt,
      binding: bindingOf(claims.cnf),
      revision,
      observed,
    },
  };
}

/** Facts about a refused request, as far as it was parsed */
export interface RefusedRequest {
  readonly spiffeId: string;
  agent?: string;
  task?: string;
  audience?: string;
  /** Name of the way in by which the request came whose answer, or part, was to be passed on */
  way?: string;
  run?: Run;
  /** Whether the run goes on: one that would have begun is nowhere */
  goesOn?: boolean;
  /** `jti` of a token that is recorded as issued, with its run, but was not delivered */
  token?: string;
  /** Whether the run is on record as begun, although the agent is refused */
  begun?: true;
}

export function requestRefused(
  kind: "answer.refused" | "part.refused" | "run.refused" | "token.refused",
  { run, goesOn, begun, ...request }: RefusedRequest,
  refusal: Refusal,
  now: number,
): AuditEvent {
  const codes = refusal.reasons.map(({ code }) => code);
  const there = goesOn === true || begun === true || request.token !== undefined;
  const known = run === undefined ? {} : there ? ofRun(run) : whose(run);
  return { kind, time: now, facts: { ...request, ...known, error: refusal.error, codes } };
}

/** The run, and on whose behalf */
export function ofRun(run: Run): AuditEvent["facts"] {
  return { ...whose(run), run: run.run, txn: run.txn, sid: run.sid };
}

function whose(run: Run): AuditEvent["facts"] {
  return {
    agent: run.agent,
    spiffeId: run.spiffeId,
    task: run.task,
    start: run.start,
    user: run.user && userDigest(run.user),
    chain: run.chain.map(({ agent, task, run: handedOnIn }) => ({ agent, task, run: handedOnIn })),
  };
}

function bindingOf(confirmation: Confirmation): string {
  return "jkt" in confirmation ? "jkt" : "x5t#S256";
}
