import { deepStrictEqual as equal, ok } from "node:assert";
import { METRICS } from "../../../domain/telemetry-names";
import { facts } from "../../../fleet/platform";
import { REGION } from "../exchange/state-table";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { MetricLog } from "../monitoring/metric-log";
import { type Segment, tracesAt } from "../monitoring/segments";
import { askPayments } from "./ask-tool";
import { runningContainers } from "./containers/running";
import type { Control } from "./control-checks";
import type { OneNode } from "./one-node";
import { signal } from "./signal";

/** Our parts send every 15 s, and the collector every five. */
const ARRIVED_SECONDS = 120;
/** Components on a call's path, the last first: the span of each is a child of the next one's. X-Ray names a client's first segment after its span: a companion's. */
const WAY = ["ambit-exchange", "ambit-gateway", "ambit-envoy", "call"];

const COLLECTOR = "ambit-system/ambit-collector collector";
const CALL = { task: "look", tool: "find_order", given: { order: "AC-1001" } } as const;

/** What the collector's pods hand on of what exchange, gateway and companions told them */
export function telemetryChecks(
  suite: Suite,
  node: Check<OneNode>,
  { aws, front, clerk, collector }: Control,
  { containers, called }: { readonly containers: Check; readonly called: Check },
): void {
  suite.check(
    "telemetry: an agent's issued tokens are a metric in the log that CloudWatch reads",
    [aws, collector, called],
    async ([account]) => {
      const log = new MetricLog(account.url, REGION, `/ambit/${facts.name}/metrics`);
      const hasCome = async (): Promise<boolean> => (await log.documents()).some((each) => METRICS.grants.name in each);
      await until(hasCome, ARRIVED_SECONDS, "no metric of what was given came");
    },
  );
  suite.check(
    "telemetry: X-Ray has one trace from the companion by Envoy and the authorizer to the exchange, each below the one before",
    [aws, collector, called],
    async ([account], note) => {
      let ways: readonly (readonly string[])[] = [];
      await until(
        async () => (ways = (await tracesAt(account.url)).flatMap(waysIn)).some(isWhole),
        ARRIVED_SECONDS,
        () => `no span of the exchange is below one of a companion: ${longest(ways).join(", below ")}`,
      );
      note((ways.find(isWhole) ?? []).join(", below "));
    },
  );
  suite.check(
    "telemetry: while all collectors hang, calls pass",
    [node, front, clerk, collector, containers, called],
    async ([on, { login }, pod], note) => {
      const all = (await runningContainers(on)).filter(({ called: name }) => name === COLLECTOR);
      ok(all.length > 0, "no collector runs");
      const pids = all.map(({ pid }) => pid);
      await signal(on, "STOP", pids);
      try {
        const [status, said] = await askPayments(on, pod, login, CALL);
        equal(status, 200, JSON.stringify(said));
      } finally {
        await signal(on, "CONT", pids);
      }
      note(`${all.length} were stopped`);
    },
  );
}

/** Names from each segment up to the first of its trace */
function waysIn(trace: readonly Segment[]): readonly (readonly string[])[] {
  const byId = new Map(trace.map((segment) => [segment.id, segment]));
  const up = (segment: Segment | undefined): readonly string[] =>
    segment === undefined ? [] : [segment.name, ...up(byId.get(segment.parent_id ?? ""))];
  return trace.map(up);
}

/** Whether it passes all of {@link WAY} in that order */
function isWhole(names: readonly string[]): boolean {
  let at = 0;
  for (const name of names) if (name === WAY[at]) at += 1;
  return at === WAY.length;
}

function longest(ways: readonly (readonly string[])[]): readonly string[] {
  return ways.reduce((one, other) => (other.length > one.length ? other : one), []);
}
