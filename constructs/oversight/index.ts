export { AuditBucket, type AuditBucketProps } from "./audit-bucket";
