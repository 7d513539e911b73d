import { mcpResourceOf, objectsBelow } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";

const KINDS = ["MCPRoute", "SecurityPolicy", "AgentgatewayBackend", "AgentgatewayPolicy", "MCPWebhookConfig"];

/** `mcp.failureMode` of agentgateway's backend is about targets that are away, and no decision. */
export const failOpen: BlockRule = {
  id: "AMBIT-MCP-FAIL-OPEN",
  severity: "high",
  what: "a gateway must refuse where its authorizer, guardrail or webhook gives no answer",
  why: "an attacker who keeps the decider busy, or makes it fail, passes undecided",
  fix: "leave failOpen out, and write FailClosed or fail",
  standards: ["sp800-207/6", "owasp-mcp/MCP07", "owasp-asi/ASI02", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const resource = mcpResourceOf(block, ...KINDS);
    if (resource === undefined) return;
    for (const { at, object } of objectsBelow(resource.spec, resource.at)) {
      for (const [name, open] of [
        ["failOpen", "true"],
        ["failureMode", "FailOpen"],
        ["failurePolicy", "ignore"],
      ] as const) {
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
