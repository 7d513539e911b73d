import { type CallFacts, own, Sensitivity, type SensitivityName } from "../../domain";
import {
  accessRequestOf,
  type AccessRequest,
  type ApprovalRecord,
  approvalState,
  type Asking,
} from "../approval/approval-record";
import { ask, standingApproval, type StoredApproval } from "../approval/approvals";
import { covers } from "../approval/asked-again";
import { startedWith } from "../approval/asked-with";
import { type ExactRequest, requestDigest } from "../approval/digest";
import { isCleared } from "../approval/clearance";
import { type RequestableDenial, requestableDenial, type ShownProblem } from "../approval/denial";
import { ownersOf } from "../approval/owners";
import type { Act } from "../audit/audit";
import type { Value } from "../json";
import { Refusal } from "../refusal/refusal";
import type { FleetTask, FleetView } from "../registry/registry";
import type { Run } from "../session/session";
import type { EpochState } from "../session/stored";
import { callEvent } from "./events";
import type { Known } from "./known";

export type Arguments = Readonly<Record<string, Value>>;

/** A call of a task whose calls people approve, and what they were asked about it */
export interface CallApproval {
  readonly approver: NonNullable<FleetTask["approval"]>;
  readonly request: ExactRequest;
  readonly digest: string;
  /** Undefined if no request was opened, or where it does not count any more */
  readonly standing: StoredApproval | undefined;
}

export interface ExactCall {
  readonly run: Run;
  readonly call: CallFacts;
  /** As the authorizer parsed them */
  readonly arguments: Arguments;
}

/**
 * Undefined if the task needs no approval.
 *
 * @throws Refusal `request.too-large`, `request.malformed` where it has no digest
 */
export async function callApproval(
  state: EpochState,
  fleet: FleetView,
  { run, call, arguments: args }: ExactCall,
  now: number,
): Promise<CallApproval | undefined> {
  const approver = fleet.agentOf(run.spiffeId)?.tasks.get(run.task)?.approval;
  if (approver === undefined) return undefined;
  const { spiffeId: agent, chain, user, task } = run;
  const { tool, action, destination } = call;
  const request = { agent, chain, user, task, tool, action, destination, arguments: args };
  const digest = requestDigest(request);
  return { approver, request, digest, standing: await standingApproval(state, digest, approver, now) };
}

/**
 * An unused approval of exactly this call; undefined if there is none, or if the session has read more since than the
 * person was shown.
 */
export function usable(
  known: Pick<Known, "approval" | "fleet" | "now" | "own" | "stored">,
): StoredApproval | undefined {
  const { approval, now } = known;
  if (approval?.standing === undefined) return undefined;
  const { request, standing } = approval;
  if (approvalState(standing.record, now) !== "approved") return undefined;
  return covers(standing.record.asking, askingOf(known, request)) ? standing : undefined;
}

function askingOf(
  { fleet, own: { session }, stored: { run } }: Pick<Known, "fleet" | "own" | "stored">,
  call: Pick<CallFacts, "action" | "tool">,
): Asking {
  const { mark, tainted } = session;
  return { userEmail: run.userEmail ?? null, mark, tainted, sensitivity: shownBy(fleet, run, call, mark) };
}

export interface Opening {
  readonly request: AccessRequest;
  /** The same for a client of AuthZEN */
  readonly denied: RequestableDenial | undefined;
  /** Undefined if the same was asked before */
  readonly act: Act | undefined;
  /** Once the act is written, the request that is new; undefined if people were asked before */
  readonly opened: ApprovalRecord | undefined;
}

/**
 * Ask people about the call.
 *
 * @param approval of the call
 * @param shown why an approval that the call presents does not count; undefined if it presents none
 * @throws Refusal `approval.refused`, `approval.too-many`, `approval.above-clearance`, `agent.unknown` if an owner
 * cannot be named
 */
export async function opening(
  known: Known,
  { approver, request }: CallApproval,
  call: CallFacts,
  service: string,
  shown: ShownProblem | undefined,
): Promise<Opening> {
  const { state, stored, fleet, now } = known;
  const { run, txn, sid, agent, chain } = stored.run;
  const asker = {
    agents: [agent, ...chain.map((hop) => hop.agent)],
    runs: [...new Set([run, txn, ...chain.map((hop) => hop.run)])],
    sessions: [...new Set([sid, ...chain.map((hop) => hop.sid)])],
  };
  const asking = askingOf(known, call);
  refuseAboveClearance(fleet, approver, asking.sensitivity);
  const owners = ownersOf(fleet, request);
  const start = startedWith(stored.run);
  const { record, writes, isNew } = await ask(state, {
    request,
    txn,
    approval: approver,
    owners,
    ...asker,
    start,
    asking,
    now,
  });
  const { digest, group, openUntil } = record;
  const facts = { digest, group, openUntil, revision: fleet.revision };
  const event = callEvent("approval.requested", known, call, service, facts);
  return {
    request: accessRequestOf(record, now),
    denied: requestableDenial(record, run, shown),
    act: writes.length === 0 ? undefined : { writes, event },
    opened: isNew ? record : undefined,
  };
}

/** What the request may show: what the session has read, and all that task and action touch */
function shownBy(
  fleet: FleetView,
  run: Run,
  { tool, action }: Pick<CallFacts, "action" | "tool">,
  mark: SensitivityName,
): SensitivityName {
  const { agents, tools, datasets } = fleet.policy;
  const data = own(own(agents, run.spiffeId)?.tasks, run.task)?.data ?? {};
  const touches = own(own(tools, tool)?.actions, action)?.touches ?? {};
  const names = [...Object.keys(data), ...Object.keys(touches)].map((access) => access.slice(0, access.indexOf(":")));
  const ranks = names.map((name) => own(datasets, name) ?? Sensitivity.RESTRICTED.rank);
  const levels = ranks.map((rank) => Sensitivity.all[rank] ?? Sensitivity.RESTRICTED);
  return Sensitivity.highest([Sensitivity.of(mark, "mark"), ...levels]).name;
}

/** No person could decide on it: better told at once than after an hour. */
function refuseAboveClearance(
  { people }: FleetView,
  { group }: CallApproval["approver"],
  shown: SensitivityName,
): void {
  const clearance = own(people?.approvers, group)?.clearance;
  if (people === undefined || isCleared(clearance, shown)) return;
  throw Refusal.of("approval.above-clearance");
}
