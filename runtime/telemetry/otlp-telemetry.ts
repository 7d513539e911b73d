import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Histogram,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Counter, Gauge, Meter, Span as OtelSpan, SpanContext, Tracer } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { ATTRIBUTES, type Metric, METRICS } from "../../domain/telemetry-names";
import { inTime } from "../in-time";
import { Dropped } from "./dropped";
import { DEFAULT_TIMES, metricReader, spanQueue, type TelemetryTimes } from "./otlp-export";
import type { TelemetryProps } from "./start-telemetry";
import { type Facts, NO_SPAN, type Span, type SpanStart, type Telemetry } from "./telemetry";
import { type TraceContext, traceparentOf } from "./trace-context";

const SCOPE = "ambit";
const NAMESPACE = "ambit";
const CLOSING_MILLISECONDS = 2_000;
/** Of one span; names that are declared are shorter */
const SPAN_LIMITS = { attributeValueLengthLimit: 256, attributeCountLimit: 24, linkCountLimit: 16, eventCountLimit: 0 };
const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL, server: SpanKind.SERVER } as const;

/** Bounds of buckets by unit: seconds as HTTP's conventions have them, shares around what is near to spent */
const BOUNDS: Readonly<Record<string, number[]>> = {
  s: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  "1": [0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 1],
};

type Instrument = Pick<Counter, "add"> | Pick<Gauge | Histogram, "record">;

/** Sends spans and metrics to a collector, by the SDK of OpenTelemetry: OTLP over HTTP, in Protobuf. */
export class OtlpTelemetry implements Telemetry {
  public readonly isOn = true;
  private readonly spans = new AsyncLocalStorage<Span>();
  private readonly instruments = new Map<string, Instrument>();
  private readonly dropped: Dropped;
  private readonly tracers: TracerProvider;
  private readonly meters: MeterProvider;
  private readonly tracer: Tracer;
  private readonly meter: Meter;

  constructor({
    collector,
    service,
    log,
    agent,
    hasMetrics = true,
    times = DEFAULT_TIMES,
  }: TelemetryProps & { readonly times?: TelemetryTimes }) {
    const to = { collector, agent };
    const resource = resourceFromAttributes({
      [ATTRIBUTES.serviceName]: service,
      [ATTRIBUTES.serviceNamespace]: NAMESPACE,
    });
    this.dropped = new Dropped(log, (signal, by) => this.add(METRICS.dropped, { [ATTRIBUTES.signal]: signal }, by));
    this.tracers = new TracerProvider({
      resource,
      // What a caller says of sampling is not followed: it would hide what is refused.
      sampler: new AlwaysOnSampler(),
      spanLimits: SPAN_LIMITS,
      spanProcessors: [spanQueue(to, this.dropped, times)],
    });
    this.meters = new MeterProvider({ resource, readers: hasMetrics ? [metricReader(to, this.dropped, times)] : [] });
    this.tracer = this.tracers.getTracer(SCOPE);
    this.meter = this.meters.getMeter(SCOPE);
  }

  public begin({ name, kind, facts, from }: SpanStart): Span {
    try {
      const [parent, ...others] = from ?? currentOf(this.spans.getStore());
      const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContext(parent));
      const links = others.map((other) => ({ context: spanContext(other) }));
      return spanOf(
        this.tracer.startSpan(name, { kind: KINDS[kind], attributes: attributesOf(facts), links }, context),
      );
    } catch {
      this.dropped.add("traces", 1);
      return NO_SPAN;
    }
  }

  public within<T>(span: Span, work: () => T): T {
    return this.spans.run(span, work);
  }

  public current(): Span {
    return this.spans.getStore() ?? NO_SPAN;
  }

  public count(metric: Metric, facts: Facts): void {
    this.add(metric, facts, 1);
  }

  public measure(metric: Metric, value: number, facts: Facts = {}): void {
    const instrument = this.instrumentOf(metric);
    if (instrument !== undefined && "record" in instrument) instrument.record(value, attributesOf(facts));
  }

  public async close(): Promise<void> {
    const ends = Promise.allSettled([this.tracers.shutdown(), this.meters.shutdown()]);
    await inTime(ends, CLOSING_MILLISECONDS, () => new Error("late")).catch(() => undefined);
    this.dropped.close();
  }

  private add(metric: Metric, facts: Facts, by: number): void {
    const instrument = this.instrumentOf(metric);
    if (instrument !== undefined && "add" in instrument) instrument.add(by, attributesOf(facts));
  }

  private instrumentOf({ name, kind, unit, what }: Metric): Instrument | undefined {
    const found = this.instruments.get(name);
    if (found !== undefined) return found;
    const options = { unit, description: what };
    const bounds = BOUNDS[unit];
    const advice = bounds === undefined ? {} : { advice: { explicitBucketBoundaries: bounds } };
    const made =
      kind === "counter"
        ? this.meter.createCounter(name, options)
        : kind === "gauge"
          ? this.meter.createGauge(name, options)
          : this.meter.createHistogram(name, { ...options, ...advice });
    this.instruments.set(name, made);
    return made;
  }
}

/** Spans that keep their place in the trace */
class Traced implements Span {
  private isOver = false;
  public readonly context: TraceContext;
  public readonly traceparent: string;

  public get traceId(): string {
    return this.context.traceId;
  }

  constructor(private readonly span: OtelSpan) {
    const { traceId, spanId } = span.spanContext();
    this.context = { traceId, spanId };
    this.traceparent = traceparentOf(this.context);
  }

  public rename(name: string): void {
    this.span.updateName(name);
  }

  public set(facts: Facts): void {
    this.span.setAttributes(attributesOf(facts));
  }

  public link(context: TraceContext | undefined): void {
    if (context !== undefined) this.span.addLink({ context: spanContext(context) });
  }

  public end(error?: string): void {
    if (this.isOver) return;
    this.isOver = true;
    if (error !== undefined) {
      this.span.setAttribute(ATTRIBUTES.errorType, error);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end();
  }
}

function spanOf(span: OtelSpan): Span {
  return new Traced(span);
}

function currentOf(span: Span | undefined): readonly TraceContext[] {
  return span instanceof Traced ? [span.context] : [];
}

function spanContext(context: TraceContext): SpanContext {
  return { ...context, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

function attributesOf(facts: Facts | undefined): Attributes {
  return { ...facts };
}
