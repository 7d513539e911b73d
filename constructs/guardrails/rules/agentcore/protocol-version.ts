import { isOldRevision } from "../../private/mcp-revisions";
import type { BlockRule } from "../../rule";
import { blocksOf, textOf, textsOf } from "../../value";

/** Left out, the gateway also speaks older versions. */
export const protocolVersion: BlockRule = {
  id: "AMBIT-AGENTCORE-PROTOCOL-VERSION",
  severity: "medium",
  what: "an AgentCore gateway must speak MCP 2025-11-25 or later alone",
  why: "older revisions bind no token to its server, and let a header say another thing than the body",
  fix: "set supported_versions to 2025-11-25 and later",
  standards: ["owasp-asi/ASI02", "owasp-asi/ASI07", "owasp-mcp/MCP07", "maestro/L3", "sp800-53/SC-8", "sp800-53/SC-23"],
  looksAt: ["aws_bedrockagentcore_gateway"],
  *check({ body }) {
    if ((textOf(body, "protocol_type") ?? "MCP") !== "MCP") return;
    const versions = blocksOf(body, "protocol_configuration")
      .flatMap((each) => blocksOf(each, "mcp", "protocol_configuration.mcp"))
      .flatMap((each) => textsOf(each, "supported_versions", "protocol_configuration.mcp.supported_versions"));
    if (versions.length === 0) yield { what: "supported_versions", at: "protocol_configuration", evidence: null };
    for (const version of versions.filter(isOldRevision)) {
      yield { what: version, at: "protocol_configuration.mcp.supported_versions", evidence: version };
    }
  },
};
