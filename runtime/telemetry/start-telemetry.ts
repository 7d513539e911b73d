import { type Log, told } from "../log";
import type { Agent } from "node:https";
import { NO_TELEMETRY, type Telemetry } from "./telemetry";
import type { TelemetryConfig } from "./telemetry-config";

export interface TelemetryProps {
  /** Origin of an OpenTelemetry collector, such as `http://collector:4318` */
  readonly collector: string;
  /** Who measures, such as `ambit-exchange` */
  readonly service: string;
  readonly log: Log;
  /**
   * What connects to the collector.
   *
   * @default - as the SDK does
   */
  readonly agent?: Agent | undefined;
  /**
   * Whether metrics are sent too. A companion's metrics would come from the agent's pod, which alarms must not trust.
   *
   * @default true
   */
  readonly hasMetrics?: boolean;
}

/** Loads no SDK without a collector. It never throws: a platform works without telemetry. */
export async function startTelemetry(
  config: TelemetryConfig | undefined,
  props: Omit<TelemetryProps, "collector">,
): Promise<Telemetry> {
  if (config === undefined) return NO_TELEMETRY;
  try {
    const { OtlpTelemetry } = await import("./otlp-telemetry");
    return new OtlpTelemetry({ collector: config.collector, ...props });
  } catch (error) {
    props.log("telemetry.failed", { because: told(error) });
    return NO_TELEMETRY;
  }
}
