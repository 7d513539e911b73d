import { refuse } from "../../../domain";

export const MONITORING_CODE = "monitoring.malformed";

/** CloudWatch user guide, "CloudWatch service quotas": hard limits */
export const CLOUDWATCH = {
  widgets: 500,
  metricsOfWidget: 500,
  metricsOfDashboard: 2_500,
  /** Alarms of one widget that shows their state (Dashboard body structure, "Alarm widget object") */
  alarmsOfWidget: 100,
  /** Period times the number of periods, in seconds */
  evaluationSeconds: 86_400,
  /** PutMetricAlarm, AlarmName; PutDashboard, DashboardName */
  name: 255,
} as const;

/** @throws DeclarationError `monitoring.malformed` */
export function within(count: number, most: number, what: string, fix: string, where: string): void {
  if (count <= most) return;
  refuse(MONITORING_CODE, where, `${what} must be ${most} at most, as CloudWatch takes no more, got ${count}: ${fix}`);
}
