import type { ReasonCode } from "../../domain";
import type { ExchangeReasonCode } from "../../domain/exchange-reasons";
import { ATTRIBUTES, METRICS } from "../../domain/telemetry-names";
import { knownReason } from "./declared-values";
import type { Facts, Telemetry } from "./telemetry";

/**
 * An approval is shown again, for another request than people have seen, or by a run that it was not given to. What the exchange answers a gateway
 * that shows one of its own run's, it counts by itself (runtime/exchange/telemetry/replay-metrics.ts).
 */
const REPLAYS: ReadonlySet<string> = new Set<ExchangeReasonCode | ReasonCode>([
  "approval.other-request",
  "approval.spent",
  "approval.unverifiable",
]);

/**
 * Use after a revocation. An agent that works for a revoked user or agent did nothing wrong: an alarm that kills would
 * stop it for all others too.
 */
const AFTER_REVOCATION: ReadonlySet<string> = new Set<ExchangeReasonCode | ReasonCode>([
  "agent.revoked",
  "run.revoked",
  "session.revoked",
  "token.revoked",
]);

/** Count a refusal by its first reason, and beside it what alarms by itself. @param whose agent and task, as they are declared */
export function countRefusal(telemetry: Telemetry, codes: readonly unknown[], whose: Facts, what: Facts = {}): void {
  telemetry.count(METRICS.refusals, { ...whose, ...what, [ATTRIBUTES.reason]: knownReason(codes[0]) });
  if (codes.some((code) => REPLAYS.has(code as string))) telemetry.count(METRICS.approvalReplays, whose);
  if (codes.some((code) => AFTER_REVOCATION.has(code as string))) telemetry.count(METRICS.usesAfterRevocation, whose);
}
