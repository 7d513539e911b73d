import type { AuditEvent } from "../../audit/audit";
import type { FleetAgent } from "../../registry/registry";
import type { Run } from "../../session/session";
import { ofRun } from "../../token/events";
import type { CompanionRefusal, GatewayRefusal } from "./told-schema";

const KINDS = { answer: "answer.withheld", call: "call.refused", way: "way.refused" } as const;

/** Who told it, and what the exchange knows besides */
export interface Teller {
  /** SPIFFE ID of the gateway, or of the agent whose companion tells */
  readonly sender: string;
  /** The agent that was refused; undefined if no declared one is known */
  readonly agent: Pick<FleetAgent, "name" | "spiffeId"> | undefined;
  /** Of that agent, as the store has it */
  readonly run: Run | undefined;
  /** Whole seconds since the epoch */
  readonly now: number;
}

export function gatewayRefused(
  { of, codes, count, time: at, decision, by, task, run: id, txn, tool, action, asked }: GatewayRefusal,
  { sender, agent, run, now }: Teller,
): AuditEvent {
  const whose = run === undefined ? given({ agent: agent?.name, spiffeId: by, task, run: id, txn }) : ofRun(run);
  const call = tool !== undefined && action !== undefined ? `${tool}.${action}` : undefined;
  const what = given({ tool, call, asked, decision });
  return { kind: KINDS[of], time: now, facts: { service: sender, ...whose, ...what, codes, count, at } };
}

export function companionRefused(
  { via, codes, count, time: at }: CompanionRefusal,
  { sender, agent, run, now }: Teller,
): AuditEvent {
  const whose = run === undefined ? given({ agent: agent?.name, spiffeId: sender }) : ofRun(run);
  return { kind: "companion.refused", time: now, facts: { ...whose, via, codes, count, at } };
}

/** By the agent and the first code alone: what is left where there are too many to be recorded with all that is known of them */
export function folded({ kind, time, facts: { service, agent, spiffeId, codes, count, at } }: AuditEvent): AuditEvent {
  const [code = ""] = codes as readonly string[];
  const kept = given({ service, agent, spiffeId: agent === undefined ? undefined : spiffeId });
  return { kind, time, facts: { ...kept, codes: [code], isFolded: true, count: count ?? 1, at: at ?? time } };
}

/** Refusals that a sender could not tell */
export function refusalsDropped(sender: AuditEvent["facts"], count: number, time: number): AuditEvent {
  return { kind: "refusals.dropped", time, facts: { ...sender, count } };
}

function given(facts: Readonly<Record<string, AuditEvent["facts"][string] | undefined>>): AuditEvent["facts"] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
