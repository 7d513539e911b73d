import { ATTRIBUTES, METRICS } from "../../../domain/telemetry-names";
import type { Registry } from "../../registry/registry";
import type { Run } from "../../session/session";
import { DeclaredValues } from "../../telemetry/declared-values";
import type { Telemetry } from "../../telemetry/telemetry";

/**
 * Counts calls that show an approval which was used already, or is of another request. What people are asked about such a call, and what the
 * gateway is answered, is the same as where nothing is shown, so neither record nor reason tells of it.
 */
export function replayMetrics(
  telemetry: Telemetry,
  registry: Pick<Registry, "current">,
): (run: Pick<Run, "spiffeId" | "task">) => void {
  return ({ spiffeId, task }) => {
    const declared = DeclaredValues.of(registry);
    telemetry.count(METRICS.approvalReplays, {
      [ATTRIBUTES.agent]: declared.agent(spiffeId),
      [ATTRIBUTES.task]: declared.task(spiffeId, task),
    });
  };
}
