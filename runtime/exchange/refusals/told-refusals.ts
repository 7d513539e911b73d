import {
  COMPANION_REASONS,
  delegateIn,
  EXCHANGE_REASONS,
  GATEWAY_REASONS,
  isProtocolAction,
  REASONS,
} from "../../../domain";
import type { AuditEvent, Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import { workloadId } from "../../identity/workload-id";
import { inTime } from "../../in-time";
import type { Log } from "../../log";
import type { FleetAgent, FleetView, Registry } from "../../registry/registry";
import { readRuns } from "../../session/runs";
import type { Run } from "../../session/session";
import type { EpochState } from "../../session/stored";
import { parsed } from "../../state/state-schema";
import { StoreUnavailable } from "../../store/store";
import { Repeats } from "../../token/repeats";
import { declaredAgent } from "../declared-agent";
import { MOST_RECORDS, RecordBounds } from "./record-bounds";
import { companionRefused, folded, gatewayRefused, refusalsDropped } from "./told-events";
import { companionBatch, type CompanionRefusal, gatewayBatch, type GatewayRefusal } from "./told-schema";

export interface ToldRefusalsProps {
  /** SPIFFE IDs of the gateways: who else has an SVID of a declared agent tells of that agent alone */
  readonly services: ReadonlySet<string>;
  readonly trustDomain: string;
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one refusal becomes; or why it is not taken */
type Judged = { readonly event: AuditEvent; readonly caller: string; readonly most: number } | { readonly why: string };

/** Between the time that a refusal tells and now, either way */
const CLOCK_SECONDS = 60;
/** Well below the time that a sender gives its batch */
const LONGEST_MILLISECONDS = 2_000;

/** Puts on record what gateway and companions have refused by themselves, as they tell it. */
export class ToldRefusals {
  private readonly bounds = new RecordBounds();
  private readonly repeats: Repeats;

  constructor(private readonly props: ToldRefusalsProps) {
    this.repeats = new Repeats((event) => {
      this.commit(event).catch((error: unknown) => this.unrecorded(event.kind, String(error)));
    });
  }

  /**
   * @param sender SPIFFE ID of the certificate of the connection
   * @returns places in the list of those that are not taken: they are on no record
   * @throws Refusal `agent.unknown`, `request.malformed`, StoreUnavailable, RegistryUnavailable
   */
  public async told(body: unknown, sender: string): Promise<{ readonly untold: readonly number[] }> {
    const fleet = this.props.registry.current();
    const now = this.props.clock();
    const judged = this.props.services.has(sender)
      ? await this.ofGateway(fleet, sender, body, now)
      : await this.ofCompanion(declaredAgent(fleet, { spiffeId: sender }), body, now);
    const writes = judged.map((each) => ("why" in each ? undefined : this.recorded(each, now)));
    await Promise.all(writes);
    return {
      untold: judged.flatMap((each, place) => {
        if (!("why" in each)) return [];
        this.unrecorded(sender, each.why);
        return [place];
      }),
    };
  }

  private async ofGateway(fleet: FleetView, sender: string, body: unknown, now: number): Promise<readonly Judged[]> {
    const { refusals, dropped } = parsed(gatewayBatch, body);
    const runs = await this.runsOf(refusals);
    const judged = refusals.map((refusal): Judged => {
      const why = wrongTime(refusal, now) ?? unknownCode(refusal, OF_GATEWAY) ?? this.undeclared(fleet, refusal);
      if (why !== undefined) return { why };
      const { by } = refusal;
      const agent = by === undefined ? undefined : fleet.agentOf(by);
      const run = runOf(runs, refusal, by);
      const event = gatewayRefused(refusal, { sender, agent, run, now });
      return agent === undefined
        ? { event, caller: sender, most: MOST_RECORDS.others }
        : { event, caller: `${sender} ${agent.spiffeId}`, most: MOST_RECORDS.agent };
    });
    return [...judged, ...lost(refusalsDropped({ service: sender }, dropped, now), sender)];
  }

  /** Of its own agent alone, and of that agent's runs */
  private async ofCompanion(agent: FleetAgent, body: unknown, now: number): Promise<readonly Judged[]> {
    const { refusals, dropped } = parsed(companionBatch, body);
    const runs = await this.runsOf(refusals);
    const judged = refusals.map((refusal): Judged => {
      const run = runOf(runs, refusal, agent.spiffeId);
      const isOther = refusal.run !== undefined && run === undefined;
      const why =
        wrongTime(refusal, now) ??
        unknownCode(refusal, OF_COMPANION) ??
        (isOther ? `no run ${refusal.run} of ${agent.name} is known` : undefined);
      if (why !== undefined) return { why };
      const event = companionRefused(refusal, { sender: agent.spiffeId, agent, run, now });
      return { event, caller: agent.spiffeId, most: MOST_RECORDS.agent };
    });
    const { name, spiffeId } = agent;
    return [...judged, ...lost(refusalsDropped({ agent: name, spiffeId }, dropped, now), spiffeId)];
  }

  /** What is not declared could be anything that a caller wrote. */
  private undeclared(fleet: FleetView, { by, asked, tool, action }: GatewayRefusal): string | undefined {
    if (by !== undefined && workloadId(by, this.props.trustDomain) === undefined)
      return `by is no SPIFFE ID of the trust domain: ${by}`;
    if (asked !== undefined && fleet.agentNamed(asked) === undefined) return `no agent ${asked} is declared`;
    if (tool === undefined) return action === undefined ? undefined : "an action without its tool";
    const actions = actionsOf(fleet, tool);
    if (actions === undefined) return `no tool ${tool} is declared`;
    const isKnown = action === undefined || actions.includes(action) || isMessage(fleet, tool, action);
    return isKnown ? undefined : `no action ${tool}.${action} is declared`;
  }

  private async runsOf(refusals: readonly Pick<GatewayRefusal, "run">[]): Promise<ReadonlyMap<string, Run>> {
    const ids = new Set(refusals.flatMap(({ run }) => (run === undefined ? [] : [run])));
    return ids.size === 0 ? new Map() : readRuns(await this.props.state(), [...ids]);
  }

  private async recorded({ event, caller, most }: Exclude<Judged, { why: string }>, now: number): Promise<void> {
    const kept = this.bounds.hasRoom(caller, most, now) ? event : folded(event);
    const { count } = event.facts;
    if (!this.repeats.isFirst(kept, caller, typeof count === "number" ? count : 1)) return;
    this.bounds.note(caller);
    try {
      await this.commit(kept);
    } catch (error) {
      this.repeats.unrecorded(kept, caller);
      throw error;
    }
  }

  private commit(event: AuditEvent): Promise<void> {
    const late = (): Error => new StoreUnavailable("the record of a refusal takes too long");
    return inTime(this.props.ledger.commit({ writes: [], event }), LONGEST_MILLISECONDS, late);
  }

  private unrecorded(what: string, because: string): void {
    this.props.log("refusals.unrecorded", { what, because });
  }
}

/** At most one a minute, so there is nothing to aggregate. */
function lost(event: AuditEvent, caller: string): readonly Judged[] {
  return event.facts["count"] === 0 ? [] : [{ event, caller, most: Infinity }];
}

const OF_COMPANION: readonly object[] = [COMPANION_REASONS];
/** Its own, and what policy and exchange refuse a call for */
const OF_GATEWAY: readonly object[] = [GATEWAY_REASONS, REASONS, EXCHANGE_REASONS];

function unknownCode({ codes }: Pick<CompanionRefusal, "codes">, known: readonly object[]): string | undefined {
  const unknown = codes.find((code) => !known.some((reasons) => Object.hasOwn(reasons, code)));
  return unknown && `${unknown} is no reason of the sender`;
}

function wrongTime({ time }: Pick<CompanionRefusal, "time">, now: number): string | undefined {
  return Math.abs(now - time) > CLOCK_SECONDS
    ? `time must be within ${CLOCK_SECONDS} s of now, got ${time}`
    : undefined;
}

/** Undefined if it is another agent's */
function runOf(
  runs: ReadonlyMap<string, Run>,
  { run: id = "" }: Pick<GatewayRefusal, "run">,
  spiffeId: string | undefined,
): Run | undefined {
  const run = runs.get(id);
  return run?.spiffeId === spiffeId ? run : undefined;
}

/** Of a delegate they are its tasks. */
function actionsOf(fleet: FleetView, tool: string): readonly string[] | undefined {
  const delegate = delegateIn(tool);
  if (delegate === undefined) {
    const declared = fleet.toolOf(tool);
    return declared && Object.keys(declared.actions);
  }
  const agent = fleet.agentNamed(delegate);
  return agent && [...agent.tasks.keys()];
}

/** Of MCP, which calls no tool of the server */
function isMessage(fleet: FleetView, tool: string, action: string): boolean {
  return fleet.toolOf(tool)?.kind === "mcp" && isProtocolAction(action) && /^mcp:[a-z/]{1,64}$/i.test(action);
}
