import { Tool } from "../constructs";
import { drafts, orders, pullRequests, tickets } from "./data";

const text = { type: "string", maxLength: 20_000 } as const;

const internalComment = {
  type: "object",
  additionalProperties: false,
  required: ["ticket"],
  properties: {
    ticket: {
      type: "object",
      additionalProperties: false,
      required: ["comment"],
      properties: {
        comment: {
          type: "object",
          additionalProperties: false,
          required: ["body", "public"],
          properties: { body: text, public: { const: false } },
        },
      },
    },
  },
} as const;

export const zendesk = Tool.http("zendesk", {
  url: "https://acme.zendesk.com",
  clearance: "confidential",
  untrustedOutput: true,
  actsAs: "user",
  actions: {
    read: { method: "GET", path: "/api/v2/tickets/{id}", touches: [tickets.read()] },
    comment: {
      method: "PUT",
      path: "/api/v2/tickets/{id}",
      body: internalComment,
      touches: [tickets.write()],
      outward: { is: false, reason: "internal notes only, enforced by the schema of the body" },
    },
  },
});

export const payments = Tool.mcp("payments", {
  url: "https://mcp.pay.acme.example",
  clearance: "restricted",
  untrustedOutput: false,
  actions: {
    find: {
      tool: "find_order",
      pin: "sha256:89662e5158cc3060e730b0ea96410e7b5c7e0ce46a4da9d52f5be6ce6263f0d0",
      readOnly: true,
      touches: [orders.read()],
    },
    refund: {
      tool: "create_refund",
      pin: "sha256:8b14ca767aeed1f2975bc5a25abb2867fe0e9e9b4ca4630a595c29ebc31e812b",
      impact: "high",
      touches: [orders.write()],
    },
  },
});

export const search = Tool.http("search", {
  url: "https://api.search.example",
  clearance: "public",
  actsAs: { service: "research-search" },
  actions: {
    query: {
      method: "GET",
      path: "/v1/search",
      query: {
        type: "object",
        additionalProperties: false,
        required: ["q"],
        properties: { q: { type: "string", maxLength: 500 } },
      },
    },
  },
});

export const editor = Tool.http("editor", {
  url: "https://docs.acme.example",
  clearance: "confidential",
  untrustedOutput: false,
  actsAs: { service: "docs-writer", bind: { author: "act.sub" } },
  actions: {
    draft: {
      method: "POST",
      path: "/api/drafts",
      body: {
        type: "object",
        additionalProperties: false,
        required: ["author", "text"],
        properties: { author: { type: "string" }, text },
      },
      touches: [drafts.write()],
    },
  },
});

export const github = Tool.http("github", {
  url: "https://api.github.com",
  clearance: "internal",
  actsAs: { service: "ci-reader" },
  actions: {
    pull: { method: "GET", path: "/repos/{owner}/{repo}/pulls/{number}", touches: [pullRequests.read()] },
  },
});

export const claude = Tool.model("claude", {
  url: "https://llm.acme.example",
  api: "anthropic.messages",
  clearance: "restricted",
  actsAs: { service: "model-gateway" },
  actions: { ask: { model: "claude-sonnet-4-5", maxOutputTokens: 8_192 } },
});
