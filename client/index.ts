export { type AgentTasks, type AnyAgent, type TaskOf } from "./agent-tasks";
export { type ApprovalWait } from "./approval";
export { AmbitClient } from "./client";
export { type CompanionProps } from "./companion";
export {
  AmbitError,
  AmbitRefused,
  AmbitUnavailable,
  ApprovalPending,
  type ApprovalRequest,
  ApprovalRequired,
  type RefusalReason,
} from "./errors";
export { type ExactCall, Run, type RunNames, type RunStart, type TokenOptions } from "./run";
export { type AccessToken, type AwsCredentialIdentity } from "./tokens";
