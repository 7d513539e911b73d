import type { User } from "../../../domain";
import type { Act, AuditEvent } from "../../../runtime/audit/audit";
import type { Asking } from "../../../runtime/approval/approval-record";
import { type ApprovalRequest, ask } from "../../../runtime/approval/approvals";
import { decide, type HumanDecision } from "../../../runtime/approval/decide";
import type { ExactRequest } from "../../../runtime/approval/digest";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { agentOf, ALICE, EPOCH, NOW } from "./sessions";

export const BOB: User = { issuer: "https://login.acme.example", subject: "bob" };
export const OWNERS = ["worker", "front"].map((name) => agentOf(name).owner);
/** Of a request of no agent that could be revoked */
export const OWNED = {
  owners: OWNERS,
  agents: [] as readonly string[],
  runs: [] as readonly string[],
  sessions: [] as readonly string[],
};
export const GROUP = { group: "support-leads", requestOpenSeconds: 3_600, decisionGoodForSeconds: 300 };

/** Of a session that has read nothing, for a user whose address is not known */
export const ASKING: Asking = { userEmail: null, mark: "public", tainted: false, sensitivity: "public" };

/** Of a session that may have read all: what was approved for it is good for each */
export const ASKING_AT_WORST: Asking = {
  userEmail: null,
  mark: "restricted",
  tainted: true,
  sensitivity: "restricted",
};

export function exactRequest(change: Partial<ExactRequest> = {}): ExactRequest {
  return {
    agent: agentOf("worker").spiffeId,
    chain: [{ spiffeId: agentOf("front").spiffeId, task: "answer" }],
    user: ALICE,
    task: "refund",
    tool: "payments",
    action: "refund",
    destination: "pay.acme.example",
    arguments: { order: "A-1", amount: 12.5 },
    ...change,
  };
}

export interface Deciding extends Partial<Omit<HumanDecision, "by">> {
  /** Has an address of the company where none is named */
  readonly by?: User & { readonly email?: string };
}

/** Requests and people, one after another, over a store in memory */
export class ApprovalWorld {
  public now = NOW;
  public readonly store = new MemoryStore(() => this.now);
  public readonly state = { store: this.store, epoch: EPOCH };
  public readonly events: AuditEvent[] = [];
  /** Does something before a decision is written */
  public beforeCommit: () => Promise<void> = () => Promise.resolve();

  /** Ask as `/token` does; the handle */
  public async ask(change: Partial<ApprovalRequest> = {}): Promise<string> {
    const { record, writes } = await ask(this.state, {
      request: exactRequest(),
      txn: "txn-1",
      approval: GROUP,
      owners: OWNERS,
      agents: ["worker", "front"],
      runs: ["run-1", "txn-1", "run-0"],
      sessions: ["sid-1", "sid-0"],
      start: undefined,
      asking: ASKING,
      now: this.now,
      ...change,
    });
    if (writes.length > 0) await this.store.write(writes);
    return record.handle;
  }

  public decide(handle: string, { by = BOB, ...change }: Deciding = {}): ReturnType<typeof decide> {
    const person = { email: `${by.subject}@acme.example`, ...by };
    const login = { by: person, authenticatedAt: this.now };
    const decision = { ...login, group: GROUP.group, verdict: "approved" as const, now: this.now, ...change };
    return decide(this.state, { commit: (act) => this.commit(act) }, handle, decision);
  }

  private async commit({ writes, event }: Act): Promise<void> {
    await this.beforeCommit();
    await this.store.write(writes);
    this.events.push(event);
  }
}
