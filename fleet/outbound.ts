import type { OutboundProps } from "../constructs";

/** Users have accounts at the organisation's tools: its login gives tokens for them to the exchange, which it knows by its key. */
const login = {
  tokenEndpoint: "https://login.acme.example/oauth2/v1/token",
  client: { id: "ambit-exchange", key: "exchange" },
} as const;
const ofUser = { ...login, kind: "token-exchange", audience: "https://login.acme.example" } as const;
const secret = (name: string): string => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`;

/** What the example organisation's tools are called with. Names of secrets are examples. */
export const outbound: OutboundProps = {
  tools: {
    zendesk: { ...ofUser, scope: "tickets" },
    payments: { ...ofUser, scope: "orders refunds" },
  },
  services: {
    "docs-writer": { ...login, kind: "client-credentials", scope: "drafts" },
    "model-gateway": { ...login, kind: "client-credentials", scope: "messages" },
    "research-search": { kind: "api-key", secret: secret("tools/search-AbCdEf"), header: "x-api-key" },
    "ci-reader": {
      kind: "api-key",
      secret: secret("tools/github-AbCdEf"),
      header: "authorization",
      prefix: "Bearer ",
    },
  },
  cidrs: ["203.0.113.0/24"],
};
