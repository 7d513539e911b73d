import { z } from "zod";
import { type ApprovalFacts, INPUT_LIMITS, type User } from "../../domain";
import type { Value } from "../json";
import { userSchema } from "../session/stored";
import { isSamePerson } from "./same-person";

/** What a person is asked, and what was answered, as the store holds it */
export interface ApprovalRecord {
  /** Names it, and is known to whoever asked alone */
  readonly handle: string;
  /** Of the exact request */
  readonly digest: string;
  /** The exact request, for the person to see */
  readonly request: { readonly [name: string]: Value };
  /** SPIFFE ID of the agent that asked */
  readonly agent: string;
  /** Whom the run serves: everybody but that user may decide */
  readonly user: User | null;
  /** Of the agent and its delegators, when it was asked: everybody but them may decide */
  readonly owners: readonly string[];
  readonly group: string;
  /** Whole seconds since the epoch, as all times here */
  readonly requestedAt: number;
  /** Nobody can decide from then on */
  readonly openUntil: number;
  /** How long a decision may be used */
  readonly goodForSeconds: number;
  readonly decision: Decided | null;
  readonly spentAt: number | null;
}

export interface Decided {
  readonly verdict: "approved" | "refused";
  readonly by: User;
  readonly at: number;
  /** Cannot be used from then on */
  readonly expiresAt: number;
}

/** `over`: nobody decided in time, or the decision was not used in time */
export type ApprovalState = "approved" | "over" | "pending" | "refused" | "spent";

export function approvalState({ decision, spentAt, openUntil }: ApprovalRecord, now: number): ApprovalState {
  if (spentAt !== null) return "spent";
  if (decision === null) return now < openUntil ? "pending" : "over";
  if (decision.verdict === "refused") return "refused";
  return now < decision.expiresAt ? "approved" : "over";
}

/**
 * What the policy asks about; null where nobody has approved. That it is over or spent is for the policy to say, and that the user
 * served has decided, who is named there in one way.
 */
export function approvalFacts({ group, digest, user, decision, spentAt }: ApprovalRecord): ApprovalFacts | null {
  if (decision?.verdict !== "approved") return null;
  const { by } = decision;
  return {
    group,
    requestDigest: digest,
    decidedBy: user !== null && isSamePerson(user, by) ? user : by,
    expiresAt: decision.expiresAt,
    spent: spentAt !== null,
  };
}

/** What the agent is told of it */
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

const text = z.string().min(1).max(INPUT_LIMITS.text);
const time = z.int().min(0).max(INPUT_LIMITS.whole);

/** What was written, read back */
export const approvalSchema: z.ZodType<ApprovalRecord> = z.strictObject({
  handle: text,
  digest: text,
  request: z.record(z.string(), z.custom<Value>()),
  agent: text,
  user: userSchema.nullable(),
  owners: z
    .array(text)
    .min(1)
    .max(INPUT_LIMITS.chain + 1),
  group: text,
  requestedAt: time,
  openUntil: time,
  goodForSeconds: time,
  decision: z
    .strictObject({ verdict: z.enum(["approved", "refused"]), by: userSchema, at: time, expiresAt: time })
    .nullable(),
  spentAt: time.nullable(),
});
