import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import type { BlockRule } from "../../rule";

/** Envoy 1.37 to 1.39: their documentation calls them work in progress, and leaves them out of its threat model. */
export const mcpFilter: BlockRule = {
  id: "AMBIT-ENVOY-MCP-FILTER",
  severity: "high",
  what: "Envoy's own filters for MCP must not decide on tools",
  why: "they are not meant for untrusted peers, read 8 KB of a body, and let pass by default what they cannot read",
  fix: "let an external authorizer decide on the whole body",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      for (const { at, body } of messagesIn(configuration, file)) {
        const type = body["@type"];
        const [, name] = (typeof type === "string" && /\.filters\.http\.(mcp\w*)\./.exec(type)) || [];
        if (name !== undefined) yield { what: name, at, evidence: type ?? null };
      }
    }
  },
};
