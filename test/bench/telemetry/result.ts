import { markdown } from "../report";
import { circumstances, type TwoWorldsResult, twoWorldsRows } from "../two-worlds/result";

export interface TelemetryResult extends TwoWorldsResult {
  /** That arrived at the collector */
  readonly spans: number;
}

export function telemetryRows(result: TelemetryResult): readonly (readonly string[])[] {
  return twoWorldsRows(result, { off: "without a collector", on: "with one" });
}

export function telemetryText(result: TelemetryResult): string {
  return `${circumstances(result)}:\n\n${markdown(telemetryRows(result))}`;
}
