import { createHash } from "node:crypto";
import { own, type RegistryNotify } from "../../../domain";
import type { ApprovalRecord } from "../../approval/approval-record";
import { declaredAction } from "../../approval/declared-action";
import type { FleetView } from "../../registry/registry";
import { rfc3339 } from "../../rfc3339";
import { NoticeFailure } from "./notice-failure";

export type NoticeType = "approval.requested" | "approval.seconded";

/** A notice to a group: declared names, a link and a time. It contains no text of the agent. */
export interface Notice {
  /** The same for each attempt, and for each exchange */
  readonly id: string;
  readonly type: NoticeType;
  /** Of what it tells: RFC 3339 */
  readonly timestamp: string;
  readonly data: {
    /** To the request on the approvers' page, which asks for a login */
    readonly link: string;
    /** Name of the agent that asks */
    readonly agent: string;
    /** `<tool>.<action>` */
    readonly action: string;
    readonly group: string;
    /** No person can decide from then on: RFC 3339 */
    readonly expires_at: string;
  };
}

/** Where the group of the request is notified; undefined without notices */
export function noticeTo({ people }: FleetView, { group }: ApprovalRecord): RegistryNotify | undefined {
  return people?.host === undefined ? undefined : own(people.approvers, group)?.notify;
}

/**
 * @param now whole seconds since the epoch
 * @throws NoticeFailure `notice.undeclared` where the registry does not have the agent or the action
 */
export function noticeOf(fleet: FleetView, record: ApprovalRecord, type: NoticeType, now: number): Notice {
  const { request, handle, group, openUntil } = record;
  const [task, tool, action] = [request.task, request.tool, request.action].map(String) as [string, string, string];
  const agent = fleet.agentOf(record.agent)?.name;
  if (agent === undefined || declaredAction(fleet, { agent: record.agent, task, tool, action }) === null) {
    throw new NoticeFailure("notice.undeclared", "the registry in force does not have the agent or the action");
  }
  return {
    id: idOf(type, handle),
    type,
    timestamp: rfc3339(now),
    data: {
      link: `https://${fleet.people?.host}/requests/${handle}`,
      agent,
      action: `${tool}.${action}`,
      group,
      expires_at: rfc3339(openUntil),
    },
  };
}

/** Does not reveal the handle. */
function idOf(type: NoticeType, handle: string): string {
  return `msg_${createHash("sha256").update(`${type} ${handle}`).digest("base64url").slice(0, 27)}`;
}
