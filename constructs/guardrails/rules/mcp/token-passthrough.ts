import { mcpResourceOf, objectsBelow } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";
import { isObject } from "../../value";

const KINDS = ["VirtualMCPServer", "MCPRoute", "AgentgatewayBackend", "AgentgatewayPolicy"];
const CREDENTIALS = /^(?:(?:proxy-)?authorization|cookie|x-api-key)$/i;

/** ToolHive lists `passthroughHeaders`, Envoy AI Gateway `forwardHeaders`; agentgateway adds the token again by `auth.passthrough`. */
export const tokenPassthrough: BlockRule = {
  id: "AMBIT-MCP-TOKEN-PASSTHROUGH",
  severity: "high",
  what: "a gateway of MCP must not pass the caller's credential on to a tool",
  why: "the tool then acts as the user at every other service that takes the token, and the revision 2025-11-25 forbids it",
  fix: "exchange the token for one of the tool's audience",
  standards: ["owasp-mcp/MCP01", "owasp-mcp/MCP07", "owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/IA-5", "maestro/L7"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const resource = mcpResourceOf(block, ...KINDS);
    if (resource === undefined) return;
    for (const { at, object } of objectsBelow(resource.spec, resource.at)) {
      for (const name of [object["passthroughHeaders"], object["forwardHeaders"]].flatMap(headersIn))
        if (CREDENTIALS.test(name)) yield { what: name, at, evidence: name };
      if (at.endsWith(".auth") && isObject(object["passthrough"]))
        yield { what: "passthrough", at: `${at}.passthrough`, evidence: object["passthrough"] };
    }
  },
};

function headersIn(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : []).map((each) =>
    String(isObject(each) ? each["name"] : each),
  );
}
