import { ATTRIBUTES, METRICS } from "../../../domain/telemetry-names";
import type { Registry } from "../../registry/registry";
import type { Run } from "../../session/session";
import { DeclaredValues } from "../../telemetry/declared-values";
import type { Telemetry } from "../../telemetry/telemetry";

/**
 * Counts calls that present a used approval, or one of another request. Requests to people and the gateway's answer are
 * the same as without an approval, so neither record nor reason shows it.
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
