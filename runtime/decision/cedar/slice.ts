import {
  type DecisionInput,
  own,
  type PolicyAgent,
  type PolicyDocument,
  type PolicyTask,
  type User,
} from "../../../domain";
import { type CedarQuestion, type Facts, RANKS } from "./facts";
import { addCall } from "./slice-call";
import { delegationOf } from "./slice-delegation";

const TOOL_AUDIENCE = "tool:";
const AWS_AUDIENCE = "aws";

/**
 * Cut what was declared down to the request, beside what happened. Cedar cannot go through a set: so what is declared is looked
 * up here, and unions, intersections and the least of several are made here. Every decision is a policy's.
 */
export function slice(input: DecisionInput, policy: PolicyDocument, revision: number): CedarQuestion {
  const context = happened(input, revision);
  const agent = agentOf(input, policy);
  const task = own(agent?.tasks, input.task);
  if (agent !== undefined) addAgent(context, agent);
  if (task !== undefined) addApproval(context, input, task);
  if (input.call !== null) addCall(context, input, input.call, policy, agent, task);
  else if (task !== undefined) addIssue(context, input, task);
  if (agent !== undefined && input.chain.length > 0) context["delegation"] = delegationOf(input, policy, task, context);
  return {
    principal: { type: "Ambit::Agent", id: input.agent.spiffeId },
    action: { type: "Ambit::Action", id: input.phase },
    resource: { type: "Ambit::Task", id: `${input.agent.name}.${input.task}` },
    context,
  };
}

function agentOf({ agent: { name, spiffeId } }: DecisionInput, { agents }: PolicyDocument): PolicyAgent | undefined {
  const agent = own(agents, spiffeId);
  return agent?.name === name ? agent : undefined;
}

function happened(input: DecisionInput, revision: number): Facts {
  const { session, revocation, user } = input;
  const context: Facts = {
    time: input.time,
    revision,
    revisionSeen: input.revisionSeen,
    revocationKnown: revocation.known,
    runStartedAt: input.run.startedAt,
    runExpiresAt: input.run.expiresAt,
    sessionStartedAt: session.startedAt,
    sessionLastUsedAt: session.lastUsedAt,
    tokenExpiresAt: input.token.expiresAt,
    audience: input.token.audience,
    start: input.start.by,
    verified: input.start.evidence === "verified",
    mark: RANKS[session.mark],
  };
  if (revocation.revoked.length > 0) context["revoked"] = revocation.revoked;
  if (user !== null) context["user"] = nameOf(user);
  if (session.writable !== null) context["writable"] = RANKS[session.writable];
  return context;
}

/** Equal where both parts are */
function nameOf({ issuer, subject }: User): string {
  return JSON.stringify([issuer, subject]);
}

function addAgent(context: Facts, { expires, session, suspended }: PolicyAgent): void {
  context["agent"] = { expires, idleSeconds: session.idleSeconds, totalSeconds: session.totalSeconds };
  // Anything but false: a document that lacks it must not free an agent.
  if (suspended !== false) context["suspended"] = true;
}

/** A document that lacks the group throws here, so that no approval goes unasked. */
function addApproval(context: Facts, { approval, call, requestDigest }: DecisionInput, task: PolicyTask): void {
  if (task.approvalGroup.length === 0) return;
  if (call === null) return;
  context["approver"] = task.approvalGroup;
  if (approval === null) return;
  const { decidedBy, expiresAt, group, spent } = approval;
  context["approval"] = {
    group,
    requestDigest: approval.requestDigest,
    decidedBy: nameOf(decidedBy),
    expiresAt,
    spent,
  };
  if (requestDigest !== null) context["requestDigest"] = requestDigest;
}

function addIssue(context: Facts, { start, token: { audience } }: DecisionInput, task: PolicyTask): void {
  const { aws, delegates, startedBy, tools, ttlSeconds } = task;
  const forTool = audience.startsWith(TOOL_AUDIENCE) && Object.hasOwn(tools, audience.slice(TOOL_AUDIENCE.length));
  context["task"] = {
    startedBy: Object.hasOwn(startedBy, start.by) ? [start.by] : [],
    ttlSeconds,
    delegates: Object.keys(delegates).length > 0,
    aws: aws !== null,
    audiences: forTool ? [audience] : [],
  };
  if (aws === null || audience !== AWS_AUDIENCE) return;
  context["read"] = aws.reads;
  context["written"] = aws.writes;
}
