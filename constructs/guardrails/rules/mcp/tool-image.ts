import { isPinned } from "../../private/images";
import { mcpResourceOf } from "../../private/mcp-resources";
import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

export const toolImage: BlockRule = {
  id: "AMBIT-MCP-TOOL-IMAGE",
  severity: "high",
  what: "the image of a server of MCP must be named by its digest",
  why: "a tool that was approved once is replaced under the same tag, and its new description and code reach every agent",
  fix: "write name@sha256:digest",
  standards: ["owasp-mcp/MCP03", "owasp-mcp/MCP04", "owasp-asi/ASI04", "sp800-53/SR-4", "maestro/L3"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const server = mcpResourceOf(block, "MCPServer");
    if (server === undefined) return;
    const at = `${server.at}.image`;
    const written = server.spec["image"];
    const image = typeof written === "string" && isPinned(written) ? written : textOf(server.spec, "image", at);
    if (image !== undefined && !isPinned(image)) yield { what: "image", at, evidence: image };
  },
};
