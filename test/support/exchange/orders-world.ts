import type { AuditEvent } from "../../../runtime/audit/audit";
import type { Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import type { Operator } from "../../../runtime/exchange/operator/operator";
import { Orders } from "../../../runtime/exchange/operator/orders";
import { Refusal } from "../../../runtime/refusal/refusal";
import type { FleetAgent, FleetView } from "../../../runtime/registry/registry";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { exampleFleet } from "./example-fleet";
import { EPOCH, NOW } from "./sessions";
import { PERSONS } from "../persons";

export const OLGA: Operator = {
  kind: "person",
  user: { issuer: "https://login.acme.example", subject: "olga" },
  authenticatedAt: NOW - 60,
};
export const KILL_SWITCH = { kind: "kill-switch", issuer: "https://kill-switch.example", expiresAt: NOW + 60 } as const;
export const TRIAGE = "support-triage";
/** For which nothing of it is restored: people may be asked for an hour and approve for five minutes, and clocks differ by a minute */
export const WAITED = 3_600 + 300 + 60;
export const MALLORY = { issuer: "https://login.acme.example", subject: "mallory" };
export const why = (reason = "INC-7") => ({ reason });

/** Orders over a store in memory, with a clock that stands still */
export class OrdersWorld {
  public now = NOW;
  public fleet: FleetView = exampleFleet;
  public readonly events: AuditEvent[] = [];
  public readonly orders = new Orders({
    registry: { current: () => this.fleet },
    state: async () => this.state,
    ledger: {
      commit: async (act) => {
        await this.ledger.commit(act);
        this.events.push(act.event);
      },
    },
    clock: () => this.now,
  });

  private readonly ledger: AuditLedger;

  /** @param backlog of records that wait for the log; none are counted where it is left out */
  constructor(
    public readonly store = new MemoryStore(() => this.now),
    backlog?: Backlog,
  ) {
    this.ledger = new AuditLedger({ store, persons: PERSONS, clock: () => this.now, ...(backlog && { backlog }) });
  }

  public get state() {
    return { store: this.store, epoch: EPOCH };
  }

  /** Restores with what is listed of it now. */
  public async restore(order: Readonly<Record<string, unknown>> & { readonly kind: string }) {
    const { revocations } = await this.orders.list({ kind: order.kind }, OLGA);
    const at = revocations[0]?.last_ordered_at;
    return this.orders.restore({ ...order, ...(at !== undefined && { last_ordered_at: at }) }, OLGA);
  }
}

/** Code of the refusal, and for how many seconds it lasts where it ends by itself */
export function refused(asked: Promise<unknown>): Promise<readonly (number | string)[]> {
  return asked.then(
    () => ["given"],
    (error: unknown) => {
      if (error instanceof Refusal) return [error.message, ...(error.waiting ? [error.waiting.seconds] : [])];
      throw error;
    },
  );
}

/** The agent, without tasks and with nothing that works on */
export function agentOf(change: Partial<FleetAgent>): FleetAgent {
  const agent = exampleFleet.agentNamed(TRIAGE);
  if (agent === undefined) throw new Error("no such agent");
  return { ...agent, tasks: new Map(), horizon: [], ...change };
}
