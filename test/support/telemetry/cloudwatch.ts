import type { ReceivedPoint } from "./collector";
import { type MetricDocument, metricsIn } from "./metric-document";

interface Declaration {
  readonly dimensions: readonly (readonly string[])[];
  readonly metric_name_selectors: readonly string[];
}

/** Configuration of a collector, as far as it says what CloudWatch gets */
export interface CollectorConfig {
  readonly exporters: {
    readonly awsemf: { readonly namespace: string; readonly metric_declarations: readonly Declaration[] };
  };
}

interface Metric {
  readonly namespace?: string;
  readonly metric_name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly period: number;
  readonly stat?: string;
  readonly statistic?: string;
}

/** An alarm as Terraform has it */
export interface Alarm extends Partial<Metric> {
  readonly alarm_name: string;
  readonly comparison_operator: string;
  readonly threshold: number;
  readonly evaluation_periods: number;
  readonly treat_missing_data: string;
  readonly metric_query?: readonly {
    readonly id: string;
    readonly expression?: string;
    readonly metric?: Metric;
    readonly return_data: boolean;
  }[];
}

interface Datum {
  readonly at: number;
  readonly sum: number;
  readonly max: number;
}

const COMPARE: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/**
 * As much of CloudWatch as our alarms use: series by the dimension sets that the collector's configuration declares, and alarms over whole
 * periods (CloudWatch user guide, "Evaluating an alarm"). What an alarm watches under another name or dimension is missing here as there.
 */
export class CloudWatch {
  private readonly series = new Map<string, Datum[]>();

  /** What a real collector wrote into a log */
  public read(documents: readonly MetricDocument[]): void {
    for (const { namespace, name, dimensions, ...datum } of documents.flatMap(metricsIn))
      this.add(keyOf(namespace, name, dimensions), datum);
  }

  /** What a collector sends on that is configured so. @param at seconds since the epoch */
  public take(points: readonly ReceivedPoint[], at: number, config: CollectorConfig): void {
    const { namespace, metric_declarations: declarations } = config.exporters.awsemf;
    for (const { metric, value, max = value, values } of points) {
      for (const { dimensions, metric_name_selectors: selectors } of declarations) {
        if (!selectors.some((selector) => new RegExp(selector).test(metric))) continue;
        for (const set of dimensions.filter((names) => names.every((name) => name in values))) {
          const key = keyOf(namespace, metric, Object.fromEntries(set.map((name) => [name, String(values[name])])));
          this.add(key, { at, sum: value, max });
        }
      }
    }
  }

  /** Names of all metrics that there are */
  public names(): ReadonlySet<string> {
    return new Set([...this.series.keys()].map((key) => (JSON.parse(key) as readonly string[])[1] as string));
  }

  /** Whether there is a series that the alarm watches, with any value */
  public hasSeriesOf(alarm: Alarm): boolean {
    const { namespace = "", metric_name: name, dimensions = {} } = watchedBy(alarm);
    return this.series.has(keyOf(namespace, name, dimensions));
  }

  /** @param now seconds since the epoch, at the end of a period */
  public stateOf(alarm: Alarm, now: number): "ALARM" | "OK" {
    const breaches = COMPARE[alarm.comparison_operator];
    if (breaches === undefined) throw new Error(`no comparison is ${alarm.comparison_operator}`);
    const watched = watchedBy(alarm);
    return Array.from({ length: alarm.evaluation_periods }, (_, back) => now - (back + 1) * watched.period).every(
      (from) => {
        const value = this.valueOf(watched, from);
        if (value === undefined) return alarm.treat_missing_data === "breaching";
        const { expression } = alarm.metric_query?.find(({ return_data: returned }) => returned) ?? {};
        return breaches(expression === undefined ? value : inMath(expression, value, from), alarm.threshold);
      },
    )
      ? "ALARM"
      : "OK";
  }

  private add(key: string, datum: Datum): void {
    this.series.set(key, [...(this.series.get(key) ?? []), datum]);
  }

  private valueOf({ namespace = "", metric_name: name, dimensions = {}, period, ...of }: Metric, from: number) {
    const found = (this.series.get(keyOf(namespace, name, dimensions)) ?? []).filter(
      ({ at }) => at >= from && at < from + period,
    );
    if (found.length === 0) return undefined;
    const statistic = of.statistic ?? of.stat;
    if (statistic === "Sum") return found.reduce((all, { sum }) => all + sum, 0);
    if (statistic === "Maximum") return Math.max(...found.map(({ max }) => max));
    throw new Error(`no statistic is ${statistic}`);
  }
}

function watchedBy(alarm: Alarm): Metric {
  return alarm.metric_query?.find(({ metric }) => metric !== undefined)?.metric ?? (alarm as Metric);
}

/** Metric math of one series, m1: IF, DAY, HOUR and what JavaScript writes the same (CloudWatch user guide, "Using metric math") */
function inMath(expression: string, value: number, at: number): number {
  const time = new Date(at * 1_000);
  const functions = {
    IF: (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
    DAY: () => time.getUTCDay() || 7,
    HOUR: () => time.getUTCHours(),
  };
  const evaluate = new Function(...Object.keys(functions), "m1", `"use strict"; return ${expression};`);
  return evaluate(...Object.values(functions), value) as number;
}

function keyOf(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
