/** A log event from which CloudWatch makes metrics (CloudWatch user guide, "Specification: Embedded metric format") */
export interface MetricDocument extends Readonly<Record<string, unknown>> {
  readonly _aws: {
    /** Milliseconds since the epoch */
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly MetricDirective[];
  };
}

interface MetricDirective {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

/** What a document gives one metric under one set of dimensions */
export interface GivenMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Seconds since the epoch */
  readonly at: number;
  readonly sum: number;
  readonly max: number;
}

/** CloudWatch API reference, MetricDatum, Unit */
const UNITS = new Set(
  ["Count", "None", "Percent", "Seconds", "Milliseconds", "Microseconds"].concat([
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
  ]),
);
const MOST_DIMENSIONS = 30;

/** @throws Error where CloudWatch would make no metric of it, or one of an unknown unit */
export function metricsIn(document: MetricDocument): readonly GivenMetric[] {
  const { Timestamp: timestamp, CloudWatchMetrics: directives } = document._aws;
  if (!Number.isSafeInteger(timestamp)) throw new Error(`a document has the timestamp ${timestamp}`);
  return directives.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
    metrics.flatMap(({ Name: name, Unit: unit = "None" }) => {
      if (!UNITS.has(unit)) throw new Error(`CloudWatch has no unit ${JSON.stringify(unit)}, which ${name} is in`);
      const { sum, max } = valueOf(document[name], name);
      return sets.map((set) => ({
        namespace,
        name,
        dimensions: dimensionsOf(document, set),
        at: timestamp / 1_000,
        sum,
        max,
      }));
    }),
  );
}

function dimensionsOf(document: MetricDocument, set: readonly string[]): Readonly<Record<string, string>> {
  if (set.length > MOST_DIMENSIONS) throw new Error(`a metric has ${set.length} dimensions`);
  return Object.fromEntries(
    set.map((name) => {
      const value = document[name];
      if (typeof value !== "string") throw new Error(`the dimension ${name} has the value ${JSON.stringify(value)}`);
      return [name, value];
    }),
  );
}

/** A number, or what a histogram became: a set of statistics */
function valueOf(value: unknown, name: string): { readonly sum: number; readonly max: number } {
  if (typeof value === "number") return { sum: value, max: value };
  const { Sum: sum, Max: max } = (value ?? {}) as { readonly Sum?: unknown; readonly Max?: unknown };
  if (typeof sum === "number" && typeof max === "number") return { sum, max };
  throw new Error(`${name} has the value ${JSON.stringify(value)}`);
}
