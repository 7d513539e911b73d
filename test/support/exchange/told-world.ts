import type { AuditEvent } from "../../../runtime/audit/audit";
import { ToldRefusals } from "../../../runtime/exchange/refusals/told-refusals";
import type { Run } from "../../../runtime/session/session";
import { StateWorld } from "./state-world";

export const GATEWAY = "spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway";
const STRANGER = "spiffe://prod.acme.example/ns/batch/sa/nightly";

/** What gateway and companions tell, over the example fleet, of a run of each of two agents */
export class ToldWorld {
  public readonly world = new StateWorld();
  /** Records in the order in which they were written */
  public readonly events: AuditEvent[] = [];
  public readonly logged: unknown[] = [];
  public commit: (event: AuditEvent) => Promise<void> = async (event) => void this.events.push(event);
  public readonly refusals = new ToldRefusals({
    services: new Set([GATEWAY]),
    trustDomain: "prod.acme.example",
    registry: { current: () => this.world.fleet },
    state: async () => this.world.epoch,
    ledger: { commit: ({ event }) => this.commit(event) },
    clock: () => this.world.now,
    log: (event, facts) => void this.logged.push({ event, ...facts }),
  });

  private constructor(
    private readonly triage: Run,
    private readonly researcher: Run,
  ) {}

  public static async of(): Promise<ToldWorld> {
    const begun = new StateWorld();
    const triage = await begun.begin("support-triage", "answer");
    const told = new ToldWorld(triage, await begun.begin("researcher", "lookup", triage));
    told.world.store = begun.store;
    return told;
  }

  /** SPIFFE ID of `gateway`, `stranger` or an agent */
  public idOf(name: string): string {
    if (name === "gateway") return GATEWAY;
    return name === "stranger" ? STRANGER : (this.world.fleet.agentNamed(name)?.spiffeId ?? "");
  }

  /** What a case means by names that begin with a dollar sign */
  public meant<T>(value: T): T {
    const names: Readonly<Record<string, number | string>> = {
      $now: this.world.now,
      $gateway: GATEWAY,
      $stranger: STRANGER,
      $triage: this.triage.spiffeId,
      $researcher: this.researcher.spiffeId,
      $run: this.triage.run,
      $txn: this.triage.txn,
      $sid: this.triage.sid,
      $researcherRun: this.researcher.run,
    };
    const text = JSON.stringify(value).replace(/"(\$[A-Za-z]+)"/g, (_, name: string) => JSON.stringify(names[name]));
    return JSON.parse(text) as T;
  }
}
