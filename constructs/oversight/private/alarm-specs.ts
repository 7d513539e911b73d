import { ATTRIBUTES, type Metric, METRICS } from "../../../domain/telemetry-names";
import type { KillingAlarm } from "../agent-monitoring";
import { WEEKDAYS } from "../usual-hours";
import type { HoursOfTask, Monitored } from "./monitored";

/** One alarm, before it is a resource */
export interface AlarmSpec {
  /** Of the resource */
  readonly id: string;
  /** End of its name */
  readonly end: string;
  /** What it means, and where one reads what to do */
  readonly what: string;
  readonly metric: Metric;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Maximum" | "Sum";
  /** Seconds */
  readonly period: number;
  readonly periods: number;
  readonly comparison: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly missing: "breaching" | "notBreaching";
  /** Counted only outside of these hours */
  readonly outside?: HoursOfTask;
  /** As which it may stop the agent; left out if its alarms stop no agent */
  readonly kill?: KillingAlarm;
}

const MINUTE = 60;
const HOUR = 3_600;
/** A record is in the tree within a second (docs/exchange.md): ten times that, for three minutes, is not a hiccup. */
const BACKLOG_SECONDS = 10;
const BACKLOG_RECORDS = 10_000;
/** In which each exchange has told of itself twenty times */
const SILENT_MINUTES = 5;
/** After which a witness has missed several checkpoints */
const WITNESS_SECONDS = 300;

const EXCHANGE_PAGE = "docs/on-call-exchange.md#alarms";
const GATEWAY_PAGE = "docs/on-call-gateway.md#alarms";
const APPROVALS_PAGE = "docs/on-call-approvals.md#alarms";
const AUDIT_PAGE = "docs/on-call-audit.md#alarms";

const COUNTED = { statistic: "Sum", periods: 1, comparison: "GreaterThanThreshold", missing: "notBreaching" } as const;
const HIGHEST = { ...COUNTED, statistic: "Maximum" } as const;

/** All alarms: of each agent, of tasks with usual hours, and of the platform */
export function alarmSpecs(of: Monitored): readonly AlarmSpec[] {
  return [...of.agents.flatMap((agent) => ofAgent(of, agent)), ...of.usualHours.map(ofTask), ...OF_PLATFORM];
}

function ofAgent(
  { refusals, budgetShare, expected }: Monitored,
  { name, tasks }: Monitored["agents"][number],
): readonly AlarmSpec[] {
  const about = (end: string) => ({
    id: `${name}-${end}`,
    end: `${name}-${end}`,
    dimensions: { [ATTRIBUTES.agent]: name },
  });
  const hours = expected.get(name);
  const hasBudget = [...tasks.values()].some(({ budgets }) => budgets.length > 0);
  return [
    {
      ...about("refusals"),
      what: `More than ${refusals} requests of ${name} were refused within five minutes: ${GATEWAY_PAGE}`,
      metric: METRICS.refusals,
      ...{ ...COUNTED, period: 5 * MINUTE, threshold: refusals, kill: "refusals" },
    },
    {
      ...about("replays"),
      what: `${name} showed an approval again, or for another request: ${APPROVALS_PAGE}`,
      metric: METRICS.approvalReplays,
      ...{ ...COUNTED, period: MINUTE, threshold: 0, kill: "replays" },
    },
    {
      ...about("revoked"),
      what: `${name} goes on with what was stopped: ${EXCHANGE_PAGE}`,
      metric: METRICS.usesAfterRevocation,
      ...{ ...COUNTED, period: MINUTE, threshold: 0, kill: "revoked" },
    },
    ...(hasBudget
      ? [
          {
            ...about("budget"),
            what: `A budget of ${name} is spent to ${Math.round(budgetShare * 100)} %: ${GATEWAY_PAGE}`,
            metric: METRICS.budgetUse,
            ...HIGHEST,
            comparison: "GreaterThanOrEqualToThreshold" as const,
            period: 5 * MINUTE,
            threshold: budgetShare,
          },
        ]
      : []),
    ...(hours === undefined
      ? []
      : [
          {
            ...about("silent"),
            what: `${name} was given nothing for ${hours} h, and should run: ${EXCHANGE_PAGE}`,
            metric: METRICS.grants,
            ...COUNTED,
            comparison: "LessThanThreshold" as const,
            period: HOUR,
            periods: hours,
            threshold: 1,
            missing: "breaching" as const,
          },
        ]),
  ];
}

function ofTask(outside: HoursOfTask): AlarmSpec {
  const { agent, task } = outside;
  return {
    id: `${agent}-${task}-hours`,
    end: `${agent}-${task}-hours`,
    what: `${agent}.${task} was given something outside of its usual hours: ${EXCHANGE_PAGE}`,
    metric: METRICS.grants,
    dimensions: { [ATTRIBUTES.agent]: agent, [ATTRIBUTES.task]: task },
    ...{ ...COUNTED, period: 5 * MINUTE, threshold: 0, kill: "hours" },
    outside,
  };
}

const OF_PLATFORM: readonly AlarmSpec[] = [
  {
    id: "audit-age",
    end: "audit-age",
    what: `Records wait to be in the audit log's tree: ${AUDIT_PAGE}`,
    metric: METRICS.auditBacklogAge,
    ...{ ...HIGHEST, dimensions: {}, period: MINUTE, periods: 3, threshold: BACKLOG_SECONDS },
  },
  {
    id: "audit-records",
    end: "audit-records",
    what: `Many records wait to be in the audit log's tree: ${AUDIT_PAGE}`,
    metric: METRICS.auditBacklogRecords,
    ...{ ...HIGHEST, dimensions: {}, period: MINUTE, threshold: BACKLOG_RECORDS },
  },
  {
    id: "witness",
    end: "witness",
    what: `No witness has cosigned the audit log's checkpoint: ${AUDIT_PAGE}`,
    metric: METRICS.auditWitnessAge,
    ...{ ...HIGHEST, dimensions: {}, period: MINUTE, threshold: WITNESS_SECONDS },
  },
  {
    id: "nothing-measured",
    end: "nothing-measured",
    what: `Nothing was measured for ${SILENT_MINUTES} minutes, so other alarms say nothing: ${EXCHANGE_PAGE}`,
    // Each exchange sends it all the time, also where it is 0.
    metric: METRICS.auditBacklogAge,
    ...{ ...HIGHEST, dimensions: {}, period: MINUTE, periods: SILENT_MINUTES },
    ...{ comparison: "LessThanThreshold", threshold: 0, missing: "breaching" },
  },
  {
    id: "unmeasured",
    end: "unmeasured",
    what: `Traces or metrics could not be sent, so other alarms may miss something: ${EXCHANGE_PAGE}`,
    metric: METRICS.dropped,
    ...{ ...COUNTED, dimensions: {}, period: 5 * MINUTE, threshold: 0 },
  },
];

/**
 * What happens outside of the hours, in metric math: days are 1 for Monday to 7, hours 0 to 23, both of UTC (CloudWatch user guide, "Using
 * metric math", functions DAY and HOUR)
 */
export function outsideExpression(metric: string, { from, to, days }: HoursOfTask): string {
  const day = days.map((each) => `DAY(${metric}) == ${WEEKDAYS.indexOf(each) + 1}`).join(" || ");
  return `IF((${day}) && HOUR(${metric}) >= ${from} && HOUR(${metric}) < ${to}, 0, ${metric})`;
}
