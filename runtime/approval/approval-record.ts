import { z } from "zod";
import { type ApprovalFacts, INPUT_LIMITS, Sensitivity, type SensitivityName, type User } from "../../domain";
import type { Value } from "../json";
import { userSchema } from "../session/stored";
import { mayBeOnePerson } from "./one-person";

/** What a person is asked, and what was answered, as the store holds it */
export interface ApprovalRecord {
  /** Secret name of the request, which only the requester knows */
  readonly handle: string;
  /**
   * Secret key from which ids of denials and their tasks are derived (denial.ts). Missing in requests that an earlier
   * version of the exchange opened
   */
  readonly seal?: string;
  /** Of the exact request */
  readonly digest: string;
  /** The exact request, for the person to see */
  readonly request: { readonly [name: string]: Value };
  /** SPIFFE ID of the agent that asked */
  readonly agent: string;
  /** Names of the agent and its delegators; left out of a request that an earlier version of the exchange opened */
  readonly agents?: readonly string[];
  /** Ids of the run that asked first, its transaction and the runs that handed it on; left out as `agents` is */
  readonly runs?: readonly string[];
  /** `sid` of the same runs */
  readonly sessions?: readonly string[];
  /** The run's user, who may not decide */
  readonly user: User | null;
  /** Owners of the agent and its delegators at the time of the request: none of them may decide */
  readonly owners: readonly string[];
  readonly group: string;
  /** Different persons who must approve */
  readonly people: 1 | 2;
  readonly asking: Asking;
  /** Whole seconds since the epoch, as all times here */
  readonly requestedAt: number;
  /** From then on no decision is accepted */
  readonly openUntil: number;
  /** How long a decision may be used */
  readonly goodForSeconds: number;
  /** Approvals so far of those that are required, without the last one */
  readonly approvals: readonly Approved[];
  readonly decision: Decided | null;
  readonly spentAt: number | null;
  /** When the requesting run withdrew it; left out if it did not */
  readonly cancelledAt?: number;
}

/** What was known of the run and its session when people were asked */
export interface Asking {
  /** Of the user served, as the issuer has verified it; null if that is not known */
  readonly userEmail: string | null;
  /** Highest sensitivity that the session had read */
  readonly mark: SensitivityName;
  /** Whether it had read untrusted output */
  readonly tainted: boolean;
  /** What the request may show: the mark, and all that task and action may read */
  readonly sensitivity: SensitivityName;
}

export interface Approved {
  readonly by: User;
  readonly email: string;
  readonly at: number;
}

export interface Decided extends Approved {
  readonly verdict: "approved" | "refused";
  /** In the person's own words; empty if none were given */
  readonly reason: string;
  /** From then on it cannot be used */
  readonly expiresAt: number;
}

/** `over`: no person decided in time, or the decision was not used in time; `cancelled`: who asked gave it up before a decision */
export type ApprovalState = "approved" | "cancelled" | "over" | "pending" | "refused" | "spent";

export function approvalState(
  { decision, spentAt, openUntil, cancelledAt }: ApprovalRecord,
  now: number,
): ApprovalState {
  if (spentAt !== null) return "spent";
  if (cancelledAt !== undefined) return "cancelled";
  if (decision === null) return now < openUntil ? "pending" : "over";
  if (decision.verdict === "refused") return "refused";
  return now < decision.expiresAt ? "approved" : "over";
}

/**
 * Input of the policy about the approval; null before the first one. The policy itself checks expiry, use, and whether
 * the user served has decided, for which both are named in the same way.
 */
export function approvalFacts(record: ApprovalRecord): ApprovalFacts | null {
  const { group, digest, user, asking, decision, spentAt } = record;
  if (decision?.verdict !== "approved") return null;
  const { by, email } = decision;
  return {
    group,
    requestDigest: digest,
    decidedBy: user !== null && mayBeOnePerson({ ...user, email: asking.userEmail }, { ...by, email }) ? user : by,
    expiresAt: decision.expiresAt,
    spent: spentAt !== null,
  };
}

/** The agent's view of it */
export interface AccessRequest {
  /** Its handle */
  readonly id: string;
  readonly status: ApprovalState;
  /** Whole seconds since the epoch: until then a person can decide, or the decision can be used */
  readonly expires_at: number;
  readonly group: string;
}

export function accessRequestOf(record: ApprovalRecord, now: number): AccessRequest {
  const { handle, group, decision, openUntil } = record;
  return { id: handle, status: approvalState(record, now), expires_at: decision?.expiresAt ?? openUntil, group };
}

/** Decided at the last moment, it may be used so long. */
export function recordUntil({ openUntil, goodForSeconds }: ApprovalRecord): number {
  return openUntil + goodForSeconds;
}

/** For which people can look up what was asked and decided, after it can be used no more: 7 days */
const HISTORY_SECONDS = 604_800;

/** Until when it is kept for people to see */
export function shownUntil(record: ApprovalRecord): number {
  return recordUntil(record) + HISTORY_SECONDS;
}

/** Characters of what a person says to a decision */
export const LONGEST_REASON = 1_000;

const text = z.string().min(1).max(INPUT_LIMITS.text);
const time = z.int().min(0).max(INPUT_LIMITS.whole);
const level = z.enum(Sensitivity.all.map(({ name }) => name) as [SensitivityName, ...SensitivityName[]]);
const approved = z.strictObject({ by: userSchema, email: text, at: time });

/** What was written, read back */
export const approvalSchema = z.strictObject({
  handle: text,
  seal: text.exactOptional(),
  digest: text,
  request: z.record(z.string(), z.custom<Value>()),
  agent: text,
  agents: z
    .array(text)
    .max(INPUT_LIMITS.chain + 1)
    .exactOptional(),
  runs: z
    .array(text)
    .max(INPUT_LIMITS.chain + 2)
    .exactOptional(),
  sessions: z
    .array(text)
    .max(INPUT_LIMITS.chain + 1)
    .exactOptional(),
  user: userSchema.nullable(),
  owners: z
    .array(text)
    .min(1)
    .max(INPUT_LIMITS.chain + 1),
  group: text,
  people: z.union([z.literal(1), z.literal(2)]),
  asking: z.strictObject({ userEmail: text.nullable(), mark: level, tainted: z.boolean(), sensitivity: level }),
  requestedAt: time,
  openUntil: time,
  goodForSeconds: time,
  approvals: z.array(approved).max(1),
  decision: approved
    .extend({ verdict: z.enum(["approved", "refused"]), reason: z.string().max(LONGEST_REASON), expiresAt: time })
    .nullable(),
  spentAt: time.nullable(),
  cancelledAt: time.exactOptional(),
}) as z.ZodType<ApprovalRecord>;
