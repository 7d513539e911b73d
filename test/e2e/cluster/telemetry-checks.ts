import { facts } from "../../../fleet/platform";
import { METRICS } from "../../../domain/telemetry-names";
import { MetricLog } from "../monitoring/metric-log";
import { REGION } from "../exchange/state-table";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { Control } from "./control-checks";

/** Our parts send every 15 s, and the collector every five. */
const ARRIVED_SECONDS = 120;

/** What the collector's pods hand on of what exchange, gateway and companions told them */
export function telemetryChecks(suite: Suite, { aws, collector }: Control, called: Check): void {
  suite.check(
    "telemetry: what was given to an agent is a metric in the log of which CloudWatch makes them",
    [aws, collector, called],
    async ([account]) => {
      const log = new MetricLog(account.url, REGION, `/ambit/${facts.name}/metrics`);
      await until(
        async () => (await log.documents()).some((each) => METRICS.grants.name in each),
        ARRIVED_SECONDS,
        "no metric of what was given came",
      );
    },
  );
}
