export { AgentMonitoring, type AgentMonitoringProps, type KillingAlarm } from "./agent-monitoring";
export { AuditBucket, type AuditBucketProps } from "./audit-bucket";
export { CollectorRole } from "./collector-role";
export { DataTrail, type DataTrailProps } from "./data-trail";
export { KillList, type KillListProps } from "./kill-list";
export { KillSwitch, type KillSwitchProps } from "./kill-switch";
export { KillSwitchIdentity } from "./kill-switch-identity";
export { TelemetryCollector, type TelemetryCollectorProps } from "./telemetry-collector";
export { type UsualHours, type Weekday } from "./usual-hours";
