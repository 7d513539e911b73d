import { Collector } from "../../support/telemetry/collector";
import { type TwoWorldsBench, twoWorldsBench } from "../two-worlds/bench";
import type { TelemetryResult } from "./result";

/** Tokens and calls with a collector and without, in turns: what traces and metrics take of a processor, sending them included */
export async function telemetryBench(props: TwoWorldsBench): Promise<TelemetryResult> {
  const collector = new Collector();
  try {
    const address = await collector.listen();
    const result = await twoWorldsBench(props, (side) => (side === "on" ? { collector: address } : {}));
    return { ...result, spans: collector.spans.length };
  } finally {
    await collector.close();
  }
}
