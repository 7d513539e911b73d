import { METRICS } from "../../../domain/telemetry-names";
import { OtlpTelemetry } from "../../../runtime/telemetry/otlp-telemetry";
import { startTelemetry } from "../../../runtime/telemetry/start-telemetry";
import { NO_TELEMETRY } from "../../../runtime/telemetry/telemetry";
import { traceContextOf } from "../../../runtime/telemetry/trace-context";
import { Collector } from "../../support/telemetry/collector";

const TIMES = { spans: 600_000, metrics: 600_000, request: 400 };
const OTHERS = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

let collector: Collector;
let origin: string;
let lines: { event: string; facts: unknown }[];

const telemetryTo = (address: string): OtlpTelemetry =>
  new OtlpTelemetry({
    collector: address,
    service: "ambit-test",
    log: (event, facts) => void lines.push({ event, facts }),
    times: TIMES,
  });

beforeEach(async () => {
  lines = [];
  collector = new Collector();
  origin = await collector.listen();
});

afterEach(() => collector.close());

test("spans within each other are one trace, and what is current follows what is waited for", async () => {
  const telemetry = telemetryTo(origin);
  const outer = telemetry.begin({ name: "outer", kind: "server", facts: { "ambit.agent": "triage" } });
  await telemetry.within(outer, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    telemetry.current().set({ "ambit.task": "answer" });
    telemetry.begin({ name: "inner", kind: "client" }).end("timeout");
  });
  outer.end();
  await telemetry.close();
  const { traceId, spanId, values, service, isError, parentSpanId } = collector.named("outer");
  expect(values).toEqual({ "ambit.agent": "triage", "ambit.task": "answer" });
  expect([service, isError, parentSpanId]).toEqual(["ambit-test", false, undefined]);
  const inner = collector.named("inner");
  expect([inner.traceId, inner.parentSpanId, inner.isError]).toEqual([traceId, spanId, true]);
  expect(inner.values).toEqual({ "error.type": "timeout" });
  expect(outer.traceparent).toBe(`00-${traceId}-${spanId}-01`);
});

test("the first of our own parts is the parent, and the others are linked", async () => {
  const telemetry = telemetryTo(origin);
  const second = { ...OTHERS, spanId: "00f067aa0ba902b7" };
  telemetry.begin({ name: "batch", kind: "server", from: [OTHERS, second] }).end();
  await telemetry.close();
  const { traceId, parentSpanId, links } = collector.named("batch");
  expect([traceId, parentSpanId]).toEqual([OTHERS.traceId, OTHERS.spanId]);
  expect(links).toEqual([`${second.traceId}-${second.spanId}`]);
});

test("a foreign trace is linked, and is no parent", async () => {
  const telemetry = telemetryTo(origin);
  const span = telemetry.begin({ name: "call", kind: "server", from: [] });
  span.link(traceContextOf(`00-${OTHERS.traceId}-${OTHERS.spanId}-00`));
  span.link(undefined);
  span.end();
  await telemetry.close();
  const { traceId, parentSpanId, links } = collector.named("call");
  expect(links).toEqual([`${OTHERS.traceId}-${OTHERS.spanId}`]);
  expect(traceId).not.toBe(OTHERS.traceId);
  expect(parentSpanId).toBeUndefined();
});

test("a span ends once", async () => {
  const telemetry = telemetryTo(origin);
  const span = telemetry.begin({ name: "call", kind: "server" });
  span.end();
  span.end("late");
  await telemetry.close();
  expect(collector.named("call").values).toEqual({});
});

test("metrics arrive with their kinds and units, and say what happened since the last export", async () => {
  const telemetry = telemetryTo(origin);
  telemetry.count(METRICS.refusals, { "ambit.agent": "triage" });
  telemetry.count(METRICS.refusals, { "ambit.agent": "triage" });
  telemetry.measure(METRICS.budgetUse, 0.3);
  telemetry.measure(METRICS.budgetUse, 0.9);
  telemetry.measure(METRICS.auditBacklogAge, 12);
  await telemetry.close();
  expect(collector.of("ambit.refusals")).toEqual([
    {
      metric: "ambit.refusals",
      unit: "{refusal}",
      service: "ambit-test",
      value: 2,
      temporality: 1,
      values: { "ambit.agent": "triage" },
    },
  ]);
  expect(collector.of("ambit.budget.use")).toMatchObject([{ max: 0.9, temporality: 1, unit: "1" }]);
  expect(collector.of("ambit.audit.backlog.age")).toMatchObject([{ value: 12, unit: "s" }]);
});

test("fails open where the collector refuses: what is dropped is counted and logged, and no request waits", async () => {
  collector.status = 400;
  const telemetry = telemetryTo(origin);
  for (let made = 0; made < 3; made += 1) telemetry.begin({ name: "call", kind: "server" }).end();
  const since = performance.now();
  await telemetry.close();
  expect(performance.now() - since).toBeLessThan(30_000);
  expect(lines).toContainEqual({ event: "telemetry.dropped", facts: { signal: "traces", count: 3 } });
});

test("fails open where no collector answers, and ends all the same", async () => {
  await collector.close();
  const telemetry = telemetryTo(origin);
  telemetry.begin({ name: "call", kind: "server" }).end();
  telemetry.count(METRICS.refusals, {});
  await telemetry.close();
  expect(lines.map(({ event }) => event)).toContain("telemetry.dropped");
});

test("fails open beyond 2,048 spans that wait: the rest is dropped and counted", async () => {
  collector.status = 503;
  const telemetry = telemetryTo(origin);
  for (let made = 0; made < 2_100; made += 1) telemetry.begin({ name: "call", kind: "server" }).end();
  collector.status = 200;
  await telemetry.close();
  const sent = collector.spans.length;
  const dropped = lines.flatMap(({ facts }) => {
    const { signal, count } = facts as { signal: string; count: number };
    return signal === "traces" ? [count] : [];
  });
  expect(sent).toBeLessThanOrEqual(2_048);
  expect(sent + dropped.reduce((all, count) => all + count, 0)).toBeGreaterThanOrEqual(2_100);
});

test("nothing is measured, and nothing is loaded, where no collector is named", async () => {
  const loaded = new Set(Object.keys(require.cache));
  const telemetry = await startTelemetry(undefined, { service: "ambit-test", log: () => undefined });
  expect(telemetry).toBe(NO_TELEMETRY);
  expect(Object.keys(require.cache).filter((path) => !loaded.has(path))).toEqual([]);
  expect(telemetry.begin({ name: "call", kind: "server" }).traceparent).toBeUndefined();
  expect(telemetry.within(telemetry.current(), () => 7)).toBe(7);
});
