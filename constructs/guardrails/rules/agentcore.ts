import type { Rule } from "../rule";
import { gatewayAuthorizer } from "./agentcore/gateway-authorizer";
import { gatewayPolicy } from "./agentcore/gateway-policy";
import { interceptor } from "./agentcore/interceptor";
import { policyLogOnly } from "./agentcore/log-only";
import { protocolVersion } from "./agentcore/protocol-version";

export const AGENTCORE_RULES: readonly Rule[] = [
  gatewayAuthorizer,
  gatewayPolicy,
  interceptor,
  policyLogOnly,
  protocolVersion,
];
