import { setTimeout as sleep } from "node:timers/promises";
import { decide } from "../../../runtime/approval/decide";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { systemClock } from "../../../runtime/clock";
import { Refusal } from "../../../runtime/refusal/refusal";
import { readEpoch } from "../../../runtime/session/epoch";
import { StoreConflict, StoreUnavailable } from "../../../runtime/store/store";
import { STATE_TABLE } from "../cluster/aws/account";
import { personStoreAt } from "../exchange/state-table";
import type { Attempt } from "./model";

const GROUP = "finance-controllers";
const CONTROLLER = { issuer: "https://login.acme.example", subject: "carol", email: "carol@acme.example" };
const PAUSE_MILLISECONDS = 100;

/** A person who approves each refund that the agent asks for, for once: by the exchange's own code, as one more replica on its table would */
export class Person {
  /** Orders that were approved, or may have been, with when that began: milliseconds since the epoch */
  public readonly approved = new Map<string, number>();
  /** How many decisions were written for certain */
  public decisions = 0;
  private readonly decided = new Set<string>();
  private opened: Promise<Awaited<ReturnType<typeof personStoreAt>> & { readonly ledger: AuditLedger }> | undefined;

  /** @param url of the stand-in for AWS, which nothing cuts this way to */
  constructor(private readonly url: string) {}

  /** Approve what is asked for, until told to end. */
  public async approves(attempts: () => readonly Attempt[], over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      for (const [order, handle] of asked(attempts())) {
        if (!this.decided.has(order)) await this.approve(order, handle);
      }
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  public async close(): Promise<void> {
    await (await this.opened)?.close();
  }

  /** Opened anew where it could not be: the stand-in may be down. */
  private state(): NonNullable<typeof this.opened> {
    this.opened ??= personStoreAt(this.url, STATE_TABLE).then(
      (state) => ({ ...state, ledger: new AuditLedger({ store: state.store, persons: state.persons }) }),
      (error: unknown) => {
        this.opened = undefined;
        throw error;
      },
    );
    return this.opened;
  }

  private async approve(order: string, handle: string): Promise<void> {
    // After an answer that was lost it may be written already.
    const isFirst = !this.approved.has(order);
    if (isFirst) this.approved.set(order, Date.now());
    try {
      const { store, ledger } = await this.state();
      const { epoch } = await readEpoch(store, []);
      const now = systemClock();
      const decision = { by: CONTROLLER, authenticatedAt: now, group: GROUP, verdict: "approved", now } as const;
      await decide({ store, epoch }, ledger, handle, decision);
      this.decided.add(order);
      this.decisions += 1;
    } catch (error) {
      if (error instanceof Refusal) {
        this.decided.add(order);
        if (isFirst) this.approved.delete(order);
      } else if (!(error instanceof StoreUnavailable || error instanceof StoreConflict)) throw error;
    }
  }
}

/** The first request for an approval of each refund, by its order: the next one is for doing it once more. */
function asked(attempts: readonly Attempt[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { kind, order, status, text } of attempts) {
    if (kind !== "refund" || status !== 403 || first.has(order)) continue;
    const { error } = JSON.parse(text) as {
      readonly error?: { readonly data?: { readonly access_request?: { readonly id: string } } };
    };
    const handle = error?.data?.access_request?.id;
    if (handle !== undefined) first.set(order, handle);
  }
  return first;
}
