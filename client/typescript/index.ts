export { type AgentTasks, type AnyAgent, type TaskOf } from "./agent-tasks";
export { AmbitClient } from "./client";
export { type Companion, type CompanionProps, type Question } from "./companion";
export { AmbitError, AmbitRefused, AmbitUnavailable, type RefusalReason } from "./errors";
export { Run, type RunNames, type RunStart, type TokenOptions } from "./run";
export { type AccessToken, type AwsCredentialIdentity } from "./tokens";
