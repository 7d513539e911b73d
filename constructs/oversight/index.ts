export { AuditBucket, type AuditBucketProps } from "./audit-bucket";
export { KillList, type KillListProps } from "./kill-list";
