export { acknowledge } from "./acknowledge";
export type { Block, BlockMode } from "./block";
export type { DeclaredData, DeclaredRole, DeclaredRoles } from "./declared-roles";
export type { Finding } from "./finding";
export type { KnownIssuers } from "./issuers";
export {
  type AcknowledgedFinding,
  type Judgement,
  judgeAgents,
  type JudgeOptions,
  judgeStack,
  type MalformedAcknowledgement,
  type VoidAcknowledgement,
  type VoidBecause,
} from "./judge";
export { type AgentRule, type BlockRule, type Rule, type RuleText, type Severity, type Violation } from "./rule";
export { RULES } from "./rules";
export { StackJson } from "./stack";
export { type ControlId, type Standard, type StandardId, STANDARDS } from "../../domain/standards";
export { type BlockBody, UndecidedValue } from "./value";
