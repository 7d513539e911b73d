import type { Metric } from "../../../domain/telemetry-names";
import { type Facts, NO_SPAN, type Span, type SpanStart, type Telemetry } from "../../../runtime/telemetry/telemetry";
import type { TraceContext } from "../../../runtime/telemetry/trace-context";

export interface RecordedSpan {
  readonly start: SpanStart;
  readonly names: string[];
  readonly facts: Record<string, unknown>;
  readonly links: TraceContext[];
  /** What it ended with: undefined where it is open */
  ended?: { readonly error: string | undefined };
}

/** Telemetry that is kept here, and of which the last span that was entered is the current one */
export class Recorded implements Telemetry {
  public readonly isOn = true;
  public readonly spans: RecordedSpan[] = [];
  public readonly counted: (readonly [name: string, facts: Facts])[] = [];
  public readonly measured: (readonly [name: string, value: number, facts: Facts])[] = [];
  private entered: Span = NO_SPAN;

  public begin(start: SpanStart): Span {
    const span: RecordedSpan = { start, names: [start.name], facts: { ...start.facts }, links: [] };
    this.spans.push(span);
    const at = `${this.spans.length}`.padStart(16, "0");
    return {
      traceparent: `00-${"a".repeat(32)}-${at}-01`,
      traceId: "a".repeat(32),
      rename: (name) => void span.names.push(name),
      set: (facts) => void Object.assign(span.facts, facts),
      link: (context) => void (context !== undefined && span.links.push(context)),
      end: (error) => void (span.ended ??= { error }),
    };
  }

  public within<T>(span: Span, work: () => T): T {
    this.entered = span;
    return work();
  }

  public current(): Span {
    return this.entered;
  }

  public count({ name }: Metric, facts: Facts): void {
    this.counted.push([name, facts]);
  }

  public measure({ name }: Metric, value: number, facts: Facts = {}): void {
    this.measured.push([name, value, facts]);
  }

  public async close(): Promise<void> {}

  public names(): readonly string[] {
    return this.counted.map(([name]) => name);
  }
}
