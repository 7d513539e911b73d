import type { Hop, SensitivityName, User } from "../../domain";
import type { Value } from "../json";
import type { AuthenticatedPerson } from "../people/person";
import type { FleetView } from "../registry/registry";
import { type ApprovalRecord, type ApprovalState, approvalState } from "./approval-record";
import { declaredAction, type DeclaredAction } from "./declared-action";
import { ineligible, type Ineligible } from "./decide";
import { isOneOf, ownersNow, type Person } from "./owners";
import { isSamePerson } from "./same-person";

/** A request in a list. All times are whole seconds since the epoch. */
export interface ApprovalSummary {
  /** Names it */
  readonly id: string;
  /** `over`: no person decided in time, or the decision was not used in time */
  readonly status: ApprovalState;
  /** Name of the agent that asks; its SPIFFE ID where it is not declared any more */
  readonly agent: string;
  readonly task: string;
  readonly tool: string;
  readonly action: string;
  readonly destination: string;
  /** The run's user; null if it has none */
  readonly user: User | null;
  readonly group: string;
  /** What the request may show */
  readonly sensitivity: SensitivityName;
  readonly requestedAt: number;
  /** No person can decide from then on */
  readonly openUntil: number;
  /** Different persons who must approve */
  readonly people: 1 | 2;
  /** How many have approved so far */
  readonly approvals: number;
  /** Why this person may not decide on it; null if the person may. That it was stopped, a list does not say. */
  readonly notYours: NotYours | null;
}

/** All of a request, for a person to decide on */
export interface ShownApproval extends ApprovalSummary {
  /** Of the exact request: a decision is given on this one */
  readonly digest: string;
  /** The arguments, to the last one */
  readonly arguments: { readonly [name: string]: Value };
  readonly spiffeId: string;
  /** What the agent is for; null if it is not declared any more */
  readonly purpose: string | null;
  /** E-mail addresses of the owners of agent and delegators, who cannot decide */
  readonly owners: readonly string[];
  /** Who handed the work on, the first one first */
  readonly chain: readonly ShownHop[];
  /** Of the user served, as the issuer has verified it; null if it is not known */
  readonly userEmail: string | null;
  /** What the session that asks had read by then */
  readonly session: { readonly mark: SensitivityName; readonly tainted: boolean };
  /** What is declared of the action now; null if it is not declared any more */
  readonly declared: DeclaredAction | null;
  /** Who has approved so far, where two must */
  readonly approvedBy: readonly { readonly by: User; readonly email: string; readonly at: number }[];
  readonly decision: ShownDecision | null;
  /** When the call went out; null if it did not */
  readonly spentAt: number | null;
  /** For how long a decision given now could be used */
  readonly goodForSeconds: number;
}

export interface ShownHop extends Hop {
  /** Null if the agent is not declared any more */
  readonly agent: string | null;
}

export interface ShownDecision {
  readonly verdict: "approved" | "refused";
  readonly by: User;
  readonly email: string;
  readonly at: number;
  /** In the person's own words; empty if none were given */
  readonly reason: string;
  /** From then on it cannot be used */
  readonly expiresAt: number;
}

export type NotYours =
  Ineligible | "decide.above-clearance" | "decide.no-email" | "decide.stopped" | "decide.user-unproven";

export function identityOf({ issuer, subject }: AuthenticatedPerson): User {
  return { issuer, subject };
}

/** Undefined if the person, who is in the group and cleared, may decide */
export function notYours(
  record: ApprovalRecord,
  fleet: FleetView,
  person: AuthenticatedPerson,
  now: number,
  verdict?: "approved" | "refused",
): NotYours | undefined {
  const { email, issuer, subject } = person;
  const by: Person = { issuer, subject, email: email ?? "" };
  const problem = ineligible(record, { by, group: record.group, now, ...(verdict !== undefined && { verdict }) });
  if (problem !== undefined) return problem;
  if (email === undefined) return "decide.no-email";
  const { user, request, asking } = record;
  if (isOneOf(ownersNow(fleet, agentsOf(request)), by)) return "decide.by-owner";
  const isElsewhere = user !== null && !isSamePerson({ ...user, subject }, { issuer, subject });
  return isElsewhere && asking.userEmail === null ? "decide.user-unproven" : undefined;
}

function agentsOf(request: ApprovalRecord["request"]): readonly string[] {
  return [request.agent as string, ...hopsOf(request).map(({ spiffeId }) => spiffeId)];
}

/** The request was written by this exchange, in the form of `ExactRequest`. */
function hopsOf({ chain }: ApprovalRecord["request"]): readonly Hop[] {
  return chain as unknown as readonly Hop[];
}

export function summaryOf(
  record: ApprovalRecord,
  fleet: FleetView,
  person: AuthenticatedPerson,
  now: number,
): ApprovalSummary {
  const { handle, request, agent, user, group, asking, requestedAt, openUntil, people, approvals, decision } = record;
  const last = decision?.verdict === "approved" ? 1 : 0;
  return {
    id: handle,
    status: approvalState(record, now),
    agent: fleet.agentOf(agent)?.name ?? agent,
    task: request.task as string,
    tool: request.tool as string,
    action: request.action as string,
    destination: request.destination as string,
    user,
    group,
    sensitivity: asking.sensitivity,
    requestedAt,
    openUntil,
    people,
    approvals: approvals.length + last,
    notYours: notYours(record, fleet, person, now) ?? null,
  };
}

export function shownOf(
  record: ApprovalRecord,
  fleet: FleetView,
  person: AuthenticatedPerson,
  now: number,
): ShownApproval {
  const { request, agent, owners, asking, approvals, decision, digest, spentAt, goodForSeconds } = record;
  const { userEmail, mark, tainted } = asking;
  return {
    ...summaryOf(record, fleet, person, now),
    digest,
    arguments: request.arguments as ShownApproval["arguments"],
    spiffeId: agent,
    purpose: fleet.agentOf(agent)?.purpose ?? null,
    owners: [...new Set([...owners, ...ownersNow(fleet, agentsOf(request))])],
    chain: hopsOf(request).map((hop) => ({ ...hop, agent: fleet.agentOf(hop.spiffeId)?.name ?? null })),
    userEmail,
    session: { mark, tainted },
    declared: declaredAction(fleet, {
      agent,
      task: request.task as string,
      tool: request.tool as string,
      action: request.action as string,
    }),
    approvedBy: approvals,
    decision,
    spentAt,
    goodForSeconds,
  };
}
