import type { User } from "../../domain";
import type { Key } from "./store";
import { userDigest } from "./user-digest";

/** Owner of a budget: one agent, by name, for one user or none */
export interface BudgetOwner {
  readonly agent: string;
  readonly user: User | null;
}

/** What is used at most once */
export type OnceKind = string;

/** Digits of the largest sequence number, so that the order of texts is that of numbers */
const SEQUENCE_DIGITS = 16;
const LAST_SEQUENCE = 10 ** SEQUENCE_DIGITS / 10 - 1;

/** What `encodeURIComponent` leaves as it is */
const AS_IT_IS = /^[\w.!~*'()-]*$/;

/** Sort keys of a writer's audit records begin so, its head's does not. */
export const RECORD_PREFIX = "0";
/** Those of `audit-writers` are of versions before the log: what they wrote is no entry of it. */
export const AUDIT_WRITERS = "audit-log-writers";
/** Writers that write no more, all of whose records are in the log */
export const AUDIT_CLOSED = "audit-closed";
/** How far each writer's records are in the log */
export const AUDIT_CURSORS = "audit-cursors";

export function epochKey(): Key {
  return { partition: "epoch", sort: "epoch" };
}

/** Highest revision of the registry that was used */
export function seenKey(): Key {
  return { partition: "seen", sort: "registry" };
}

/** @param knower the agent's name, and the digest that says which user's or transaction's knowledge it is (session/knower.ts) */
export function sessionKey(epoch: number, knower: { readonly agent: string; readonly whose: string }): Key {
  const { agent, whose } = knower;
  return { partition: joined("session", String(epoch), agent, whose), sort: "session" };
}

/** The most that any session of the agent has held in this epoch */
export function heldKey(epoch: number, agent: string): Key {
  return { partition: joined("held", String(epoch), agent), sort: "held" };
}

/** @param window names hour or day and its beginning */
export function budgetKey(epoch: number, owner: BudgetOwner, task: string, budget: string, window: string): Key {
  return { partition: ownerPartition(epoch, owner), sort: joined("budget", task, budget, window) };
}

export function runKey(epoch: number, run: string): Key {
  return { partition: joined("run", String(epoch), run), sort: "run" };
}

/** What a call of the run has taken from budgets of tokens */
export function tokensKey(epoch: number, run: string, reservation: string): Key {
  return { partition: joined("tokens", String(epoch), run), sort: joined("reserved", reservation) };
}

/** @param digest of what is used at most once; it names neither token nor user */
export function onceKey(kind: OnceKind, digest: string): Key {
  return { partition: joined("once", kind, digest), sort: "once" };
}

/** Notes that this agent was started with it, or had work of it handed on */
export function evidenceKey(agent: string, digest: string): Key {
  return onceKey("evidence", `${digest}.${agent}`);
}

/** Notes that a run began with the token, by its `jti` */
export function handedOnKey(jti: string): Key {
  return onceKey("handed-on", jti);
}

export function approvalKey(epoch: number, handle: string): Key {
  return { partition: joined("approval", String(epoch), handle), sort: "approval" };
}

/** @param digest of the user or agent on whose behalf people are asked */
export function openApprovalsKey(epoch: number, digest: string): Key {
  return { partition: joined("approvals", String(epoch), digest), sort: "open" };
}

/** A task of the Access Request Endpoint */
export function accessTaskKey(epoch: number, id: string): Key {
  return { partition: joined("access-task", String(epoch), id), sort: "task" };
}

/** Which submissions of a run came with which `Idempotency-Key` */
export function idempotencyKey(epoch: number, run: string): Key {
  return { partition: joined("access-task", String(epoch), run), sort: "sent" };
}

/** What a group is asked, the latest first */
export function approvalOfGroupKey(
  epoch: number,
  { group, requestedAt, handle }: { readonly group: string; readonly requestedAt: number; readonly handle: string },
): Key {
  return { partition: approvalsOfGroup(epoch, group), sort: `${numbered(LAST_SEQUENCE - requestedAt)}#${handle}` };
}

export function approvalsOfGroup(epoch: number, group: string): string {
  return joined("approvals-of", String(epoch), group);
}

/** @param digest of what the person's browser shows */
export function pageSessionKey(epoch: number, digest: string): Key {
  return { partition: joined("page-session", String(epoch), digest), sort: "session" };
}

/** @param start the agent and task that a start token started, and its digest */
export function askedWithKey(
  epoch: number,
  { agent, task, evidence }: { readonly agent: string; readonly task: string; readonly evidence: string },
): Key {
  return { partition: joined("asked", String(epoch), evidence), sort: joined(agent, task) };
}

export function revokedKey(kind: string, id: string): Key {
  return { partition: "revoked", sort: joined(kind, id) };
}

/** Up to when logins of a user have ended, as the user's issuer told */
export function endedLoginsKey(user: User): Key {
  return { partition: joined("ended-logins", userDigest(user)), sort: "ended" };
}

/** What a transmitter of security events told last of its stream. @param digest of its issuer and audience */
export function signalStreamKey(digest: string): Key {
  return { partition: joined("signal-stream", digest), sort: "status" };
}

/** What an exchange has asked a transmitter to verify. @param digest of its issuer and audience */
export function signalVerificationKey(digest: string): Key {
  return { partition: joined("signal-stream", digest), sort: "verification" };
}

export function auditHeadKey(writer: string): Key {
  return { partition: joined("audit", writer), sort: "head" };
}

export function auditRecordKey(writer: string, sequence: number): Key {
  return { partition: joined("audit", writer), sort: numbered(sequence) };
}

/** One item per writer, so that its records are found, and missed where they are gone */
export function auditWriterKey(writer: string): Key {
  return { partition: AUDIT_WRITERS, sort: joined(writer) };
}

/** In the place of {@link auditWriterKey}, for a writer that writes no more */
export function auditClosedKey(writer: string): Key {
  return { partition: AUDIT_CLOSED, sort: joined(writer) };
}

/** How many records of the writer are in the log */
export function auditCursorKey(writer: string): Key {
  return { partition: AUDIT_CURSORS, sort: joined(writer) };
}

/** The writer of {@link auditWriterKey} and {@link auditCursorKey} */
export function writerOf({ sort }: Key): string {
  return decodeURIComponent(sort);
}

/** The log into which all writers' records go: who integrates them, and what */
export function auditLogKey(): Key {
  return { partition: "audit-log", sort: "log" };
}

/** What a witness cosigned last of the log of this origin */
export function witnessKey(origin: string): Key {
  return { partition: "witness", sort: joined(origin) };
}

/** What a log may say of a key: the rest may be a secret, as the handle of an approval is. */
export function kindOf({ partition }: Key): string {
  const [kind] = partition.split("#", 1);
  return kind as string;
}

function ownerPartition(epoch: number, { agent, user }: BudgetOwner): string {
  // Issuer and subject are long at times, and a partition key must not identify a person.
  const name = user === null ? "none" : userDigest(user);
  return joined("session", String(epoch), agent, name);
}

function numbered(number: number): string {
  return String(number).padStart(SEQUENCE_DIGITS, "0");
}

/** INVARIANT: other parts give another text, because `#` within a part is escaped. */
function joined(...parts: readonly string[]): string {
  return parts.map((part) => (AS_IT_IS.test(part) ? part : encodeURIComponent(part))).join("#");
}
