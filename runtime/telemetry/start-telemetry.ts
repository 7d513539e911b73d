import { type Log, told } from "../log";
import { NO_TELEMETRY, type Telemetry } from "./telemetry";

export interface TelemetryProps {
  /** Origin of an OpenTelemetry collector, such as `http://collector:4318` */
  readonly collector: string;
  /** Who measures, such as `ambit-exchange` */
  readonly service: string;
  readonly log: Log;
}

/** Nothing is loaded where no collector is named. It never throws: a platform that cannot be measured works all the same. */
export async function startTelemetry(
  config: Pick<TelemetryProps, "collector"> | undefined,
  props: Omit<TelemetryProps, "collector">,
): Promise<Telemetry> {
  if (config === undefined) return NO_TELEMETRY;
  try {
    const { OtlpTelemetry } = await import("./otlp-telemetry");
    return new OtlpTelemetry({ ...config, ...props });
  } catch (error) {
    props.log("telemetry.failed", { because: told(error) });
    return NO_TELEMETRY;
  }
}
