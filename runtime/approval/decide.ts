import type { Act, Ledger } from "../audit/audit";
import { lastingLogin } from "../people/ended-login";
import { Refusal } from "../refusal/refusal";
import type { EpochState } from "../session/stored";
import { retryOnConflict } from "../store/retry-on-conflict";
import type { Write } from "../store/store";
import { userDigest } from "../store/user-digest";
import { type ApprovalRecord, approvalState, type Decided } from "./approval-record";
import { decidedWrite, readApproval, type StoredApproval } from "./approvals";
import { mayBeOnePerson } from "./one-person";
import { isOneOf, type Person } from "./owners";
import { isStopped } from "./stopped";

export interface HumanDecision {
  /** Who decides, authenticated */
  readonly by: Person;
  /** Seconds since the epoch: when that person last logged in */
  readonly authenticatedAt: number;
  /** Approver group that the person was found to be in */
  readonly group: string;
  readonly verdict: "approved" | "refused";
  /**
   * In the person's own words.
   *
   * @default - none
   */
  readonly reason?: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** Why a person may not decide on a request */
export type Ineligible =
  "decide.by-owner" | "decide.by-requester" | "decide.decided" | "decide.other-group" | "decide.over" | "decide.twice";

/** Another person may decide concurrently, which the record shows. */
const ATTEMPTS = 3;

/**
 * Record a person's decision, once, while the request is open. Where two people must approve, the first approval is written
 * beside it, and the second one decides; a single refusal decides.
 *
 * @throws Refusal `decide.unknown` and others where this person may not decide on it, or no person any more; `person.stale-login` where the
 *   identity provider has ended the login meanwhile
 * @throws StoreConflict, StoreUnavailable
 */
export async function decide(
  state: EpochState,
  ledger: Ledger,
  handle: string,
  decision: HumanDecision,
): Promise<ApprovalRecord> {
  return retryOnConflict({ attempts: ATTEMPTS }, async () => {
    const stored = await readApproval(state, handle);
    if (stored === undefined) throw Refusal.of("decide.unknown");
    const refused = ineligible(stored.record, decision);
    if (refused !== undefined) throw Refusal.of(refused);
    if (await isStopped(state, stored.record)) throw Refusal.of("decide.stopped");
    const login = await lastingLogin(state.store, { ...decision.by, authenticatedAt: decision.authenticatedAt });
    return committed(state, ledger, stored, decision, login);
  });
}

async function committed(
  { epoch }: EpochState,
  ledger: Ledger,
  stored: StoredApproval,
  given: HumanDecision,
  login: Write,
): Promise<ApprovalRecord> {
  const { record } = stored;
  const { by, group, verdict, reason = "", now } = given;
  const { issuer, subject, email } = by;
  const said = { by: { issuer, subject }, email, at: now };
  const isLast = verdict === "refused" || record.approvals.length + 1 >= record.people;
  const decision: Decided | null = isLast
    ? { ...said, verdict, reason, expiresAt: now + record.goodForSeconds }
    : record.decision;
  const decided = { approvals: isLast ? record.approvals : [...record.approvals, said], decision };
  const event: Act["event"] = {
    kind: decision === null ? "approval.seconded" : "approval.decided",
    time: now,
    facts: {
      digest: record.digest,
      agent: record.agent,
      user: record.user && userDigest(record.user),
      group,
      verdict,
      by: userDigest({ issuer, subject }),
      people: record.people,
      ...(reason !== "" && { reason }),
      ...(decision !== null && { expiresAt: decision.expiresAt }),
    },
  };
  await ledger.commit({ writes: [decidedWrite(epoch, stored, decided), login], event });
  return { ...record, ...decided };
}

/** Undefined if the person may decide */
export function ineligible(
  record: ApprovalRecord,
  { by, group, verdict, now }: Pick<HumanDecision, "by" | "group" | "now"> & { readonly verdict?: Decided["verdict"] },
): Ineligible | undefined {
  if (record.decision !== null) return "decide.decided";
  if (approvalState(record, now) !== "pending") return "decide.over";
  if (record.group !== group) return "decide.other-group";
  const { user, owners, asking, approvals } = record;
  if (user !== null && mayBeOnePerson({ ...user, email: asking.userEmail }, by)) return "decide.by-requester";
  if (isOneOf(owners, by)) return "decide.by-owner";
  const has = approvals.some((one) => mayBeOnePerson({ ...one.by, email: one.email }, by));
  return has && verdict !== "refused" ? "decide.twice" : undefined;
}
