import { servicesCovered } from "../../action-patterns";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** Actions that end or change what records, watches, decides or alarms, by service */
const ENDING: Readonly<Record<string, readonly string[]>> = {
  "access-analyzer": ["DeleteAnalyzer"],
  bedrock: [
    "DeleteGuardrail",
    "DeleteModelInvocationLoggingConfiguration",
    "PutModelInvocationLoggingConfiguration",
    "UpdateGuardrail",
  ],
  "bedrock-agentcore": [
    "CreateGatewayTarget",
    "DeleteGatewayRateLimit",
    "DeletePolicy",
    "DeletePolicyEngine",
    "UpdateGateway",
    "UpdateGatewayRateLimit",
    "UpdateGatewayRule",
    "UpdateGatewayTarget",
    "UpdatePolicy",
    "UpdatePolicyEngine",
  ],
  cloudtrail: [
    "DeleteEventDataStore",
    "DeleteTrail",
    "PutEventSelectors",
    "StopEventDataStoreIngestion",
    "StopLogging",
    "UpdateTrail",
  ],
  cloudwatch: ["DeleteAlarms", "DisableAlarmActions"],
  config: ["DeleteConfigurationRecorder", "DeleteDeliveryChannel", "StopConfigurationRecorder"],
  ec2: ["DeleteFlowLogs"],
  guardduty: [
    "CreateFilter",
    "DeleteDetector",
    "DeleteMembers",
    "DisassociateFromAdministratorAccount",
    "StopMonitoringMembers",
    "UpdateDetector",
  ],
  inspector2: ["Disable"],
  logs: ["DeleteLogGroup", "DeleteLogStream"],
  macie2: ["DisableMacie"],
  securityhub: ["BatchDisableStandards", "DisableSecurityHub"],
};

/** Trails, logs, detectors, alarms, guardrails of models, and gateways of AgentCore with their policies. */
export const oversight: BlockRule = {
  id: "AMBIT-IAM-OVERSIGHT",
  severity: "high",
  what: "no policy may allow actions that end what records, watches or decides",
  why: "its owner turns off the log, alarm or guardrail that would tell of its next act",
  fix: "leave the action out; a pipeline that deploys it acknowledges it",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI10", "owasp-mcp/MCP08", "maestro/L5", "sp800-53/AU-9", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity"))
      for (const service of servicesCovered(statement, ENDING)) yield { what: service, at: `${at}.Action`, evidence };
  },
};
