export { AgentMonitoring, type AgentMonitoringProps, type KillingAlarm } from "./agent-monitoring";
export { AuditBucket, type AuditBucketProps } from "./audit-bucket";
export { DataTrail, type DataTrailProps } from "./data-trail";
export { KillList, type KillListProps } from "./kill-list";
export { KillSwitch, type KillSwitchProps } from "./kill-switch";
export { KillSwitchIdentity } from "./kill-switch-identity";
export { type UsualHours, type Weekday } from "./usual-hours";
