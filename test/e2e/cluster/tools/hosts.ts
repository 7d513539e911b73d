/** Hosts of the example fleet's tools that something stands in for here */
export const HOSTS = {
  github: "api.github.com",
  payments: "mcp.pay.acme.example",
  zendesk: "acme.zendesk.com",
} as const;
export const TOOL_HOSTS: readonly string[] = Object.values(HOSTS);
/** Host of the model, which leads to the same address: unless a suite has something answer for it, there is no certificate for it. */
export const MODEL = "llm.acme.example";
/** Host of a courier that the example's fleet does not have, at the same address: a suite that declares it has a certificate for it. */
export const COURIER_HOST = "mcp.courier.example";
/** Host of a witness of the audit log, outside the cluster like the users' login */
export const WITNESS_HOST = "witness.other.example";
/** An order of which the payments' server tells nothing: it takes the call, and keeps it open. */
export const UNANSWERED = "ZZ-1";
