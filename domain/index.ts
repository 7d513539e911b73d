export { type Acknowledgement } from "./acknowledgement";
export { AgentDeclaration, type AgentSpec, type AgentState, type WorkloadSpec } from "./agent";
export { unitsOf, UNITS_PER_ONE } from "./amount";
export { Approval, type ApprovalProps } from "./approval";
export { Budget, type BudgetPeriod, type BudgetProps } from "./budget";
export { CalendarDate, type IsoDate } from "./calendar-date";
export { fixedClock, systemClock, type Clock } from "./clock";
export { type Credentials, type CredentialsKind, type Isolation } from "./credentials";
export {
  type AnyTableDataset,
  AwsDataset,
  BoundTableDataset,
  BucketDataset,
  DataAccess,
  Dataset,
  ExternalDataset,
  SecretDataset,
  TableDataset,
} from "./dataset";
export type {
  AccessKind,
  AwsDatasetProps,
  BoundTableProps,
  BucketProps,
  DatasetProps,
  ExternalProps,
  SecretProps,
  TableBinding,
  TableProps,
} from "./dataset-props";
export { budgetKey } from "./decision/budget-key";
export { checkInput, type CheckedInput, type InputProblem, readInput } from "./decision/check-input";
export {
  type ApprovalFacts,
  type CallFacts,
  type Decision,
  DECISION_VERSION,
  type DecisionInput,
  type Hop,
  type Phase,
  type Reason,
  type Revocable,
  REVOCABLES,
  RUN_AUDIENCE,
  type RevocationFacts,
  type SessionFacts,
  type User,
  type Verdict,
} from "./decision/contract";
export { policyProblems } from "./decision/check-policy";
export { INPUT_LIMITS } from "./decision/limits";
export {
  declaredPolicy,
  type DeclaredPolicy,
  type NameSet,
  policyDocument,
  policyJson,
  POLICY_VERSION,
  type PolicyAction,
  type PolicyAgent,
  type PolicyAws,
  type PolicyDocument,
  type PolicyEdge,
  type PolicyTask,
  type PolicyTool,
} from "./decision/policy-document";
export { type PolicyFacts, policyFactsOf } from "./decision/policy-facts";
export { delegateCall, delegateIn, delegateTool, isDelegateTool } from "./handing-on";
export { COMPANION_REASONS, type CompanionReasonCode } from "./companion-reasons";
export { GATEWAY_REASONS, type GatewayError, type GatewayReasonCode } from "./gateway-reasons";
export { isProtocolAction, methodIn, protocolAction } from "./protocol-action";
export { NOTICE_FORMATS, NOTICE_HOST, type NoticeFormat } from "./notice-format";
export { own } from "./own";
export {
  AGENTCORE_NAME,
  type AgentCoreCredential,
  type ApiKey,
  type ClientCredentials,
  identitiesOf,
  isCredentialHeader,
  isSubjectTemplate,
  KEY_PREFIX,
  type Outbound,
  type OutboundClient,
  SECRET_ARN,
  secretsOf,
  type ServiceCredential,
  sharedSubjects,
  subjectFrom,
  type UserGrant,
  type UserIdentity,
} from "./outbound";
export { OBSERVABLE, type ReasonCode, REASONS } from "./decision/reasons";
export { EXCHANGE_REASONS, type ExchangeReasonCode } from "./exchange-reasons";
export type { OAuthError } from "./oauth-error";
export { type About, type Change, type ChangeKind, type Explanation, type Situation } from "./decision/remedies/change";
export { undecided, type UndecidedCode } from "./decision/remedies/platform";
export { explanationOf, remediesOf } from "./decision/remedies/remedies";
export { type DefinedAgent, definedAgents, rememberDefined } from "./defined";
export { Delegation, type DelegationProps } from "./delegation";
export { type Enforcement, type Observation, type Observed } from "./enforcement";
export { DeclarationError, onlyKnown, refuse, shown, type ErrorCode } from "./errors";
export { Fleet, type Declared } from "./fleet";
export { type Json } from "./json";
export { LIMITS } from "./limits";
export { COMPANION_PORTS } from "./companion-ports";
export { type Concurrency } from "./concurrency";
export { type Memory } from "./memory";
export { Order, type OrderProps } from "./order";
export { didYouMean, likely, nearest, unknownMember } from "./nearest";
export { dnsLabel, isToken, plainString, unseenReplaced } from "./plain";
export {
  type AwsAccess,
  type PublishedKey,
  REGISTRY_VERSION,
  type RegistryAction,
  type RegistryAgent,
  type RegistryApproval,
  type RegistryBudget,
  type RegistryDataset,
  type RegistryDocument,
  type RegistryEdge,
  type RegistryHorizon,
  type RegistryIssuer,
  type RegistryKillSwitch,
  type RegistryMatch,
  type RegistryOrder,
  type RegistryStarter,
  type RegistryTask,
  type RegistryTool,
  type RegistryTrust,
  type RegistryVersion,
} from "./registry/document";
export type { RegistryApprovers, RegistryNotify, RegistryPeople } from "./registry/people";
export { type AwsOfTask, registryJson, registryOf, type RegistryFacts, withAws } from "./registry/write";
export { type Allowed, Ceiling, type CeilingBounds, ceilingOfChain, ceilingOfTask } from "./rules/ceiling";
export {
  afterRead,
  callProblem,
  flowProblem,
  type Flow,
  type FlowCall,
  type FlowReason,
  type SessionState,
} from "./rules/flow";
export { taintedFederation } from "./rules/federated-taint";
export { awsSessionTtl, longestCredential, revocationHorizon } from "./rules/horizon";
export { actionsOf, dataOf, reachOf, type Reached } from "./rules/reach";
export { riskOf, type Risk, type RiskTier } from "./rules/risk";
export { refuseFound } from "./rules/found";
export { taintedSelfStart } from "./rules/self-starts";
export {
  startProblem,
  START_TOKEN_TYPE,
  type StartedAgent,
  type StartedTask,
  type StartEvidence,
  type StarterStart,
  type StartReason,
  type StartRequest,
} from "./rules/starts";
export { SCOPE, SCOPE_TOKEN } from "./scope";
export { Sensitivity, type SensitivityName } from "./sensitivity";
export { SessionLimits, type SessionProps } from "./session";
export type { RegistryCard, RegistryPushes, RegistrySkill, RegistryWay } from "./registry/ways";
export type { CheckedOrigin } from "./event-origin";
export type { PushFacts } from "./pushes";
export type { ScheduleTime } from "./schedule-expression";
export { Serve, Way, type WayFacts } from "./serve";
export type { A2aBinding, A2aPushes, A2aWayProps, AgentCard, AgentSkill, HttpWayProps, WayProps } from "./serve-props";
export { SESSION_TAG } from "./session-tags";
export { atDeclarations, declaredAt, rememberSource, sourceOf, type SourceLine } from "./source-line";
export { SpiffeId } from "./spiffe-id";
export { type DeclaredSources, type Occasion, type Sources, Starter } from "./starter";
export type { EventOrigin, EventProps, EventSources, ScheduleProps, StartedClass, StartProps } from "./starter-props";
export { STARTS, Task, type Start, type TaskSpec } from "./task";
export { Tool, ToolGrant, type ActionMatch, type ToolAction } from "./tool";
export {
  type ActionProps,
  MODEL_APIS,
  MODEL_FEATURES,
  type HttpAction,
  type HttpMethod,
  type HttpToolProps,
  type Impact,
  type JsonSchema,
  type McpAction,
  type McpCapability,
  type McpToolProps,
  type ModelAction,
  type ModelApi,
  type ModelFeature,
  type ModelToolProps,
  type ServiceIdentity,
  type ToolProps,
} from "./tool-props";
export { type UserFrame, userFrames } from "./user-frames";
export { TrustDomain } from "./trust-domain";
export { Ttl, type TtlInput } from "./ttl";
