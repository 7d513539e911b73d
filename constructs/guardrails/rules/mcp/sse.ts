import { mcpResourceOf, objectsBelow } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

const KINDS = [
  "MCPServer",
  "MCPRemoteProxy",
  "MCPServerEntry",
  "VirtualMCPServer",
  "AgentgatewayBackend",
  "Backend",
  "RemoteMCPServer",
];

/** ToolHive says `transport` and `proxyMode`, agentgateway, kgateway and kagent `protocol`. */
export const sse: BlockRule = {
  id: "AMBIT-MCP-SSE",
  severity: "medium",
  what: "a server of MCP must be reached by Streamable HTTP, and not by HTTP+SSE",
  why: "HTTP+SSE left the protocol in 2025-03-26, and its session is an address: a caller who learns it sends messages as another",
  fix: "write streamable-http, StreamableHTTP for agentgateway, or STREAMABLE_HTTP for kagent",
  standards: ["owasp-mcp/MCP07", "owasp-asi/ASI07", "sp800-53/SC-23", "maestro/L3"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const resource = mcpResourceOf(block, ...KINDS);
    if (resource === undefined) return;
    for (const { at, object } of objectsBelow(resource.spec, resource.at)) {
      for (const name of ["transport", "proxyMode", "protocol"]) {
        if (typeof object[name] !== "string") continue;
        const value = textOf(object, name, `${at}.${name}`);
        if (value?.toLowerCase() === "sse") yield { what: `${name}::${value}`, at: `${at}.${name}`, evidence: value };
      }
    }
  },
};
