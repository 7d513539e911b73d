import { z } from "zod";
import { INPUT_LIMITS, STARTS } from "../../domain";
import type { StateStore } from "../store/store";
import type { Knower } from "./knower";
import type { Run, Session } from "./session";

/** The store, and the epoch that its sessions, runs and approvals are of */
export interface EpochState {
  readonly store: Pick<StateStore, "read">;
  readonly epoch: number;
}

/** A session with what a write depends on */
export interface StoredSession {
  readonly knower: Knower;
  readonly session: Session;
  readonly version: number;
  readonly expiresAt: number | undefined;
}

/** Members that only sessions of an earlier version of the exchange have */
interface OfBefore {
  /** Linked sessions, which share their knowledge: with links, messages do not carry all that the agent may learn */
  readonly links: readonly unknown[];
}

const text = z.string().min(1).max(INPUT_LIMITS.text);
const time = z.int().min(0).max(INPUT_LIMITS.whole);
export const sensitivity = z.enum(["public", "internal", "confidential", "restricted"]);
const done = z.array(text).max(INPUT_LIMITS.done);
// A schema of known members, which zod compiles, unlike that of a record
export const untils = z.strictObject({
  public: time.optional(),
  internal: time.optional(),
  confidential: time.optional(),
  restricted: time.optional(),
});
export const userSchema = z.strictObject({ issuer: text, subject: text });

/** Schema of a stored session: anything else is an error, and nothing is issued. */
export const sessionSchema = z.strictObject({
  sid: text,
  startedAt: time,
  lastUsedAt: time,
  mark: sensitivity,
  tainted: z.boolean(),
  done,
  readable: untils,
  writable: untils,
  // Missing in sessions of an earlier version of the exchange.
  untrustedUntil: time.default(0),
  reserved: untils.default({}),
  links: z.array(z.unknown()).default([]),
  budgets: z.strictObject({ id: text, until: time }),
}) as unknown as z.ZodType<Session & OfBefore>;

export const hopSchema = z.strictObject({ spiffeId: text, task: text, agent: text, run: text, sid: text });

export const runSchema: z.ZodType<Run> = z.strictObject({
  run: text,
  txn: text,
  agent: text,
  spiffeId: text,
  task: text,
  user: userSchema.nullable(),
  userEmail: text.optional(),
  start: z.enum(STARTS),
  chain: z.array(hopSchema).max(INPUT_LIMITS.chain),
  // When it was issued is written where its issuer tells of ended logins only, for the same reason as below.
  evidence: z.strictObject({ digest: text, until: time, issuedAt: time.exactOptional() }).nullable(),
  // Written where it is so only, so that an exchange of an earlier version reads every other run.
  inherits: z.literal(true).optional(),
  sid: text,
  startedAt: time,
  expiresAt: time,
  done,
});
