/** Hosts of the example fleet's tools that something stands in for here */
export const HOSTS = { payments: "mcp.pay.acme.example", zendesk: "acme.zendesk.com" } as const;
export const TOOL_HOSTS: readonly string[] = Object.values(HOSTS);
/** A host of a tool that leads to the same address, which has no certificate for it */
export const UNCERTIFIED = "llm.acme.example";
