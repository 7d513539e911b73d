import type { Agent } from "node:https";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { AggregationTemporalityPreference } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Dropped } from "./dropped";

/** Milliseconds */
export interface TelemetryTimes {
  /** For which a span waits for others */
  readonly spans: number;
  /** Between two exports of metrics */
  readonly metrics: number;
  /** For one attempt of an export; the SDK makes several */
  readonly request: number;
}

/** Where it goes */
export interface Receiver {
  /** Origin */
  readonly collector: string;
  /** What connects to it; the SDK does, where it is undefined */
  readonly agent: Agent | undefined;
}

export const DEFAULT_TIMES: TelemetryTimes = { spans: 2_000, metrics: 15_000, request: 5_000 };

/** Spans that wait to be sent, and those that are on their way. What comes beyond is dropped. */
const MOST_SPANS = 2_048;
const SPANS_AT_ONCE = 512;

/** A queue that is bounded with what is under way: the SDK's own counts only what waits. */
export function spanQueue(to: Receiver, dropped: Dropped, times: TelemetryTimes): SpanProcessor {
  let held = 0;
  const sender = new OTLPTraceExporter({ ...sentTo(to, "/v1/traces"), timeoutMillis: times.request });
  const exporter: SpanExporter = {
    export: (spans, done) =>
      sender.export(spans, (result: ExportResult) => {
        held -= spans.length;
        if (result.code !== ExportResultCode.SUCCESS) dropped.add("traces", spans.length);
        done(result);
      }),
    shutdown: () => sender.shutdown(),
  };
  const queue = new BatchSpanProcessor({
    exporter,
    maxQueueSize: MOST_SPANS,
    maxExportBatchSize: SPANS_AT_ONCE,
    scheduledDelayMillis: times.spans,
    exportTimeoutMillis: times.request * 2,
  });
  return {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => {
      if (held >= MOST_SPANS) return dropped.add("traces", 1);
      held += 1;
      queue.onEnd(span);
    },
    forceFlush: () => queue.forceFlush(),
    shutdown: () => queue.shutdown(),
  };
}

/** Of each export what happened since the last, as CloudWatch adds it up (ADOT, `awsemf`). */
export function metricReader(to: Receiver, dropped: Dropped, times: TelemetryTimes): PeriodicExportingMetricReader {
  const sender = new OTLPMetricExporter({
    ...sentTo(to, "/v1/metrics"),
    timeoutMillis: times.request,
    temporalityPreference: AggregationTemporalityPreference.DELTA,
  });
  const exporter: PushMetricExporter = {
    export: (metrics, done) =>
      sender.export(metrics, (result: ExportResult) => {
        if (result.code !== ExportResultCode.SUCCESS) dropped.add("metrics", 1);
        done(result);
      }),
    forceFlush: () => sender.forceFlush(),
    selectAggregationTemporality: (kind) => sender.selectAggregationTemporality(kind),
    shutdown: () => sender.shutdown(),
  };
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: times.metrics,
    exportTimeoutMillis: Math.min(times.metrics, times.request),
  });
}

function sentTo({ collector, agent }: Receiver, path: string) {
  return { url: `${collector}${path}`, ...(agent !== undefined && { httpAgentOptions: () => agent }) };
}
