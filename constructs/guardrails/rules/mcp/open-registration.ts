import { mcpResourceOf } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";
import { blockOf, flagOf } from "../../value";

/** ToolHive's authorization server, in an object of its own or in a virtual server */
const SERVERS: Readonly<Record<string, string>> = {
  MCPExternalAuthConfig: "embeddedAuthServer",
  VirtualMCPServer: "authServerConfig",
};

export const openRegistration: BlockRule = {
  id: "AMBIT-MCP-OPEN-REGISTRATION",
  severity: "high",
  what: "an authorization server for MCP must not give a secret to each client that registers itself",
  why: "registration asks no one who calls, so each caller gets a credential that no one gave it and no one takes back",
  fix: "leave allowConfidentialClientRegistration out, and name clients by Client ID Metadata Documents",
  standards: ["owasp-mcp/MCP07", "owasp-mcp/MCP09", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const resource = mcpResourceOf(block, ...Object.keys(SERVERS));
    if (resource === undefined) return;
    const name = SERVERS[resource.kind] as string;
    const at = `${resource.at}.${name}`;
    const server = blockOf(resource.spec, name, at) ?? {};
    for (const option of ["allowConfidentialClientRegistration", "insecureAllowHTTP"])
      if (flagOf(server, option, `${at}.${option}`) === true)
        yield { what: option, at: `${at}.${option}`, evidence: true };
  },
};
