import type { Rule } from "../rule";
import { codeVersion } from "./agentcore/code-version";
import { errorDetail } from "./agentcore/error-detail";
import { gatewayAuthorizer } from "./agentcore/gateway-authorizer";
import { gatewayPolicy } from "./agentcore/gateway-policy";
import { interceptor } from "./agentcore/interceptor";
import { policyLogOnly } from "./agentcore/log-only";
import { networkMode } from "./agentcore/network-mode";
import { openPolicy } from "./agentcore/open-policy";
import { plainHttp } from "./agentcore/plain-http";
import { protocolVersion } from "./agentcore/protocol-version";

export const AGENTCORE_RULES: readonly Rule[] = [
  codeVersion,
  errorDetail,
  gatewayAuthorizer,
  gatewayPolicy,
  interceptor,
  networkMode,
  openPolicy,
  plainHttp,
  policyLogOnly,
  protocolVersion,
];
