import type { Ledger } from "../audit/audit";
import type { EpochState } from "../session/stored";
import { retryOnConflict } from "../store/retry-on-conflict";
import { type ApprovalRecord, approvalState } from "./approval-record";
import { decidedWrite, readApproval, type StoredApproval } from "./approvals";
import { isOneOf, type Person } from "./owners";
import { isSamePerson } from "./same-person";

export interface HumanDecision {
  /** Who decides, authenticated */
  readonly by: Person;
  /** Approver group that the person was found to be in */
  readonly group: string;
  readonly verdict: "approved" | "refused";
  /** Whole seconds since the epoch */
  readonly now: number;
}

export type Ineligible =
  | "approval.by-owner"
  | "approval.by-requester"
  | "approval.decided"
  | "approval.other-group"
  | "approval.over"
  | "approval.unknown";

const WHY: Readonly<Record<Ineligible, string>> = {
  "approval.by-owner":
    "the owner of the agent, or of one that handed the work on, cannot decide on its request: ask another person of the group",
  "approval.by-requester": "the user served cannot decide on the own request: ask another person of the group",
  "approval.decided": "somebody has decided already: each request is decided once",
  "approval.other-group": "another group decides on this request: ask somebody of that group",
  "approval.over": "the request is no longer open: let the agent ask again",
  "approval.unknown": "no such request is known: let the agent ask again",
};

/** Somebody else may decide meanwhile, which the record tells. */
const ATTEMPTS = 3;

/** Nothing was decided. */
export class DecisionRefused extends Error {
  public override readonly name = "DecisionRefused";

  constructor(public readonly code: Ineligible) {
    super(WHY[code]);
  }
}

/**
 * Write down what a person decided, once, while the request is open.
 *
 * @throws DecisionRefused where this person may not decide on it, or nobody any more
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
    if (stored === undefined) throw new DecisionRefused("approval.unknown");
    const refused = ineligible(stored.record, decision);
    if (refused !== undefined) throw new DecisionRefused(refused);
    return committed(state, ledger, stored, decision);
  });
}

async function committed(
  { epoch }: EpochState,
  ledger: Ledger,
  stored: StoredApproval,
  { by: { issuer, subject }, group, verdict, now }: HumanDecision,
): Promise<ApprovalRecord> {
  const { record } = stored;
  const by = { issuer, subject };
  const decision = { verdict, by, at: now, expiresAt: now + record.goodForSeconds };
  await ledger.commit({
    writes: [decidedWrite(epoch, stored, decision)],
    event: {
      kind: "approval.decided",
      time: now,
      facts: {
        digest: record.digest,
        agent: record.agent,
        group,
        verdict,
        by,
        expiresAt: decision.expiresAt,
      },
    },
  });
  return { ...record, decision };
}

function ineligible(record: ApprovalRecord, { by, group, now }: HumanDecision): Ineligible | undefined {
  if (record.decision !== null) return "approval.decided";
  if (approvalState(record, now) !== "pending") return "approval.over";
  if (record.group !== group) return "approval.other-group";
  const { user, owners } = record;
  if (user !== null && isSamePerson(user, by)) return "approval.by-requester";
  return isOneOf(owners, by) ? "approval.by-owner" : undefined;
}
