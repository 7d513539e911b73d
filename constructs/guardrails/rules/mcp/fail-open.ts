import { mcpResourceOf, objectsBelow } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";

const KINDS = [
  "MCPRoute",
  "SecurityPolicy",
  "AgentgatewayBackend",
  "AgentgatewayPolicy",
  "MCPWebhookConfig",
  "EnvoyExtensionPolicy",
  "EnvoyPatchPolicy",
  "EnvoyFilter",
  "WasmPlugin",
  "TrafficPolicy",
  "GatewayExtension",
];

/** By its names in these kinds, and by those of Envoy in what patches its configuration */
const OPEN = [
  ["failOpen", "true"],
  ["failureMode", "FailOpen"],
  ["failurePolicy", "ignore"],
  ["failStrategy", "FAIL_OPEN"],
  ["failure_mode_allow", "true"],
  ["failureModeAllow", "true"],
] as const;
/** A patch of JSON that sets it: the path of RFC 6902 ends with its name */
const PATCHED = /\/(?:failure_mode_allow|failureModeAllow)$/;

/** `mcp.failureMode` of agentgateway's backend is about targets that are away, and no decision. */
export const failOpen: BlockRule = {
  id: "AMBIT-MCP-FAIL-OPEN",
  severity: "high",
  what: "a gateway must refuse where its authorizer, guardrail or webhook gives no answer",
  why: "an attacker who keeps the decider busy, or makes it fail, passes undecided",
  fix: "leave failOpen and failure_mode_allow out, and write FailClosed, FAIL_CLOSE or fail",
  standards: ["sp800-207/6", "owasp-mcp/MCP07", "owasp-asi/ASI02", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const resource = mcpResourceOf(block, ...KINDS);
    if (resource === undefined) return;
    for (const { at, object } of objectsBelow(resource.spec, resource.at)) {
      if (PATCHED.test(String(object["path"])) && String(object["value"]) === "true")
        yield { what: String(object["path"]), at: `${at}.value`, evidence: object["value"] ?? null };
      for (const [name, open] of OPEN) {
        const isOfTargets = resource.kind === "AgentgatewayBackend" && at === `${resource.at}.mcp`;
        if (String(object[name]) !== open || isOfTargets) continue;
        yield {
          what: `${at.slice(resource.at.length + 1).replace(/\[\d+\]/g, "")}.${name}`,
          at: `${at}.${name}`,
          evidence: open,
        };
      }
    }
  },
};
