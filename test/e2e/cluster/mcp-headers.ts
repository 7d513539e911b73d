/** Of each request of the current revision of MCP over HTTP */
export const MCP = { accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25" };
