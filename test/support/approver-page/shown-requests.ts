import type { ExchangeReasonCode } from "../../../domain";
import type { ApprovalList, DecisionRequest, ListRequest } from "../../../runtime/approval/desk";
import type { ApprovalSummary, ShownApproval } from "../../../runtime/approval/shown-approval";
import { requestDigest } from "../../../runtime/approval/digest";
import type { Desk } from "../../../runtime/exchange/approver-page/parts";
import type { AuthenticatedPerson } from "../../../runtime/people/person";
import { Refusal } from "../../../runtime/refusal/refusal";

export const NOW = Date.UTC(2026, 10, 11, 9, 0, 0) / 1_000;
export const BOB = { issuer: "https://login.acme.example", subject: "bob" };

/** As the desk has it */
const PART = 100;

export function handleOf(number: number): string {
  return `request-${number}-`.padEnd(43, "x");
}

/** A request to refund an order, for Alice, through the front agent */
export function shownApproval(change: Partial<ShownApproval> = {}): ShownApproval {
  const chain = [{ spiffeId: "spiffe://prod.acme.example/ns/agents/sa/front", task: "answer" }];
  const user = { issuer: "https://login.acme.example", subject: "alice" };
  const spiffeId = "spiffe://prod.acme.example/ns/agents/sa/support-triage";
  const named = { task: "refund", tool: "payments", action: "refund", destination: "pay.acme.example" };
  const args = change.arguments ?? { order: "A-1", amount: 12.5 };
  return {
    id: handleOf(1),
    digest: requestDigest({ agent: spiffeId, chain, user, ...named, arguments: args }),
    status: "pending",
    agent: "support-triage",
    spiffeId,
    purpose: "Answers tickets",
    owners: ["carol@acme.example"],
    ...named,
    arguments: args,
    user,
    userEmail: "alice@acme.example",
    chain: chain.map((hop) => ({ ...hop, agent: "front" })),
    group: "support-leads",
    sensitivity: "confidential",
    session: { mark: "confidential", tainted: true },
    declared: {
      kind: "http",
      url: "https://pay.acme.example",
      impact: "high",
      outward: true,
      touches: ["orders:write"],
      actsAs: "till",
    },
    requestedAt: NOW - 120,
    openUntil: NOW + 3_480,
    goodForSeconds: 300,
    people: 1,
    approvals: 0,
    approvedBy: [],
    decision: null,
    spentAt: null,
    notYours: null,
    ...change,
  };
}

/** Bob's */
export function decided(verdict: "approved" | "refused", reason = ""): NonNullable<ShownApproval["decision"]> {
  return { verdict, by: BOB, email: "bob@acme.example", at: NOW - 10, reason, expiresAt: NOW + 290 };
}

/** Requests in memory, the latest first, of which the test says what becomes of them */
export class DeskInMemory implements Desk {
  public requests: ShownApproval[] = [];
  public readonly decided: (DecisionRequest & { readonly id: string; readonly by: string })[] = [];
  /** With which the next request is not shown, or the next decision is refused */
  public refuses: { show?: ExchangeReasonCode; decide?: ExchangeReasonCode } = {};

  public put(shown: ShownApproval): void {
    this.requests = [shown, ...this.requests.filter(({ id }) => id !== shown.id)];
  }

  public list(_: AuthenticatedPerson, { of, after }: ListRequest): Promise<ApprovalList> {
    const first = after === undefined ? 0 : Number(after.split("#", 1)[0]) + 1;
    const all = this.requests.filter(({ status }) => of === "history" || status === "pending");
    const requests: readonly ApprovalSummary[] = all.slice(first, first + PART);
    const last = first + requests.length - 1;
    const isMore = last < all.length - 1;
    return Promise.resolve({ requests, next: isMore ? `${last}#${handleOf(last)}` : null });
  }

  public async show(_: AuthenticatedPerson, id: string): Promise<ShownApproval> {
    if (this.refuses.show !== undefined) throw Refusal.of(this.refuses.show);
    const shown = this.requests.find((each) => each.id === id);
    if (shown === undefined) throw Refusal.of("decide.unknown");
    return Promise.resolve(shown);
  }

  public async decide(person: AuthenticatedPerson, id: string, request: DecisionRequest): Promise<ShownApproval> {
    const shown = await this.show(person, id);
    if (this.refuses.decide !== undefined) throw Refusal.of(this.refuses.decide);
    if (shown.digest !== request.digest) throw Refusal.of("decide.other-digest");
    if (shown.status !== "pending") throw Refusal.of("decide.decided");
    const { issuer, subject, email = "" } = person;
    this.decided.push({ ...request, id, by: subject });
    const { verdict, reason = "" } = request;
    const decision = { verdict, by: { issuer, subject }, email, at: NOW, reason, expiresAt: NOW + 300 };
    const after = { ...shown, status: verdict, decision };
    this.put(after);
    return after;
  }
}
