import type { AttributeName, Metric } from "../../domain/telemetry-names";
import type { TraceContext } from "./trace-context";

/** Each value is declared, or {@link OTHER}: see {@link DeclaredValues}. */
export type Facts = Readonly<Partial<Record<AttributeName, number | string>>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: "client" | "internal" | "server";
  readonly facts?: Facts;
  /**
   * Of our own parts. The first is the parent, the others are linked.
   *
   * @default - the span that is current
   */
  readonly from?: readonly TraceContext[];
}

export interface Span {
  /** Trace context for the next part; undefined without tracing */
  readonly traceparent: string | undefined;
  /** Undefined without tracing */
  readonly traceId: string | undefined;
  rename(name: string): void;
  set(facts: Facts): void;
  /** @param context of the sender's trace, as received */
  link(context: TraceContext | undefined): void;
  /** Once. @param error of what kind, where it ended in one */
  end(error?: string): void;
}

/**
 * Traces and metrics. Calls neither block nor fail: data that cannot be sent is dropped and counted. It is the one part
 * of the platform that fails open.
 */
export interface Telemetry {
  /** Whether telemetry is on: if not, callers can skip lookups for it */
  readonly isOn: boolean;
  begin(start: SpanStart): Span;
  /** The span is the current one of all that `work` does, also behind what it waits for. */
  within<T>(span: Span, work: () => T): T;
  current(): Span;
  count(metric: Metric, facts: Facts): void;
  /** @param value of a histogram or gauge */
  measure(metric: Metric, value: number, facts?: Facts): void;
  /** Send what waits, for two seconds at most. */
  close(): Promise<void>;
}

export const NO_SPAN: Span = {
  traceparent: undefined,
  traceId: undefined,
  rename: () => undefined,
  set: () => undefined,
  link: () => undefined,
  end: () => undefined,
};

export const NO_TELEMETRY: Telemetry = {
  isOn: false,
  begin: () => NO_SPAN,
  within: (_, work) => work(),
  current: () => NO_SPAN,
  count: () => undefined,
  measure: () => undefined,
  close: async () => undefined,
};
