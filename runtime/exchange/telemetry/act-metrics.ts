import { ATTRIBUTES, METRICS } from "../../../domain/telemetry-names";
import type { Act } from "../../audit/audit";
import type { Registry } from "../../registry/registry";
import { DeclaredValues, knownReason } from "../../telemetry/declared-values";
import { countRefusal } from "../../telemetry/refusal-metrics";
import type { Telemetry } from "../../telemetry/telemetry";

const GIVEN: ReadonlySet<string> = new Set([
  "aws.issued",
  "outbound.given",
  "run.begun",
  "run.joined",
  "token.issued",
  "txn.issued",
]);

/** Without `call.refused`: the gateway counts its own refusals. */
const REFUSED: ReadonlySet<string> = new Set([
  "answer.refused",
  "approval.decision-refused",
  "aws.refused",
  "companion.refused",
  "outbound.refused",
  "part.refused",
  "run.refused",
  "token.refused",
  "txn.refused",
]);

/** Counts what the exchange gives and refuses, by its records: what is not written is not counted, and what is written always is. */
export function actMetrics(telemetry: Telemetry, registry: Pick<Registry, "current">): (act: Act) => void {
  return ({ event: { kind, facts } }) => {
    const isRefused = REFUSED.has(kind);
    if (!isRefused && !GIVEN.has(kind)) return;
    const declared = DeclaredValues.of(registry);
    const agent = facts["agent"] ?? facts["spiffeId"];
    const whose = {
      [ATTRIBUTES.agent]: declared.agent(agent),
      [ATTRIBUTES.task]: declared.task(agent, facts["task"]),
    };
    const span = telemetry.current();
    span.set({ ...whose, [ATTRIBUTES.act]: kind });
    if (!isRefused) return telemetry.count(METRICS.grants, { ...whose, [ATTRIBUTES.act]: kind });
    const codes = Array.isArray(facts["codes"]) ? facts["codes"] : [];
    span.set({ [ATTRIBUTES.reason]: knownReason(codes[0]) });
    countRefusal(telemetry, codes, whose, { [ATTRIBUTES.act]: kind });
  };
}
