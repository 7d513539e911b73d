import type { ModelApi, ModelFeature } from "../../domain";
import { Denial } from "../../runtime/authorizer/denial";
import type { RecognisedCall } from "../../runtime/authorizer/request/recognised-call";
import { McpMessages } from "../../runtime/authorizer/mcp/mcp-messages";
import { Recogniser } from "../../runtime/authorizer/request/recogniser";
import type { FleetTool } from "../../runtime/registry/registry";

export const APIS = ["anthropic.messages", "openai.responses", "openai.chat-completions"] as const;
const PATHS: Readonly<Record<ModelApi, string>> = {
  "anthropic.messages": "/v1/messages",
  "openai.responses": "/v1/responses",
  "openai.chat-completions": "/v1/chat/completions",
};

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly allows?: readonly ModelFeature[];
  readonly apis?: readonly ModelApi[];
  readonly scope?: readonly string[];
}

const JSON_TYPE = ["content-type", "application/json"] as const;

export function recognised(api: ModelApi, body: object | string, sent: Sent = {}): RecognisedCall {
  const { allows = [], apis = APIS, scope = ["ask"] } = sent;
  const ask = { match: { model: "m-1", apis, maxOutputTokens: 100, allows } };
  const deep = { match: { model: "m-2", apis, maxOutputTokens: 100, allows } };
  const tool = { name: "llm", kind: "model", actions: { ask, deep } } as unknown as FleetTool;
  const request = {
    certificate: "",
    tool: "llm",
    destination: "llm.example",
    method: sent.method ?? "POST",
    path: `/tools/llm${sent.path ?? PATHS[api]}`,
    headers: [JSON_TYPE, ...(sent.headers ?? [])],
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  };
  return new Recogniser(new McpMessages(() => 0)).recognise(tool, request, {
    claims: { client_id: "clerk", run: "r", sid: "s", sub_id: { format: "uri", uri: "a" } },
    isGranted: (action) => scope.includes(action),
  });
}

/** `<code>: <what is wrong>`, or `allowed` */
export function told(api: ModelApi, body: object | string, sent: Sent = {}): string {
  try {
    recognised(api, body, sent);
    return "allowed";
  } catch (error) {
    if (error instanceof Denial) return `${error.codes.join()}: ${error.reasons[0]?.what}`;
    throw error;
  }
}

export const LEAST: Readonly<Record<ModelApi, Readonly<Record<string, unknown>>>> = {
  "anthropic.messages": { model: "m-1", max_tokens: 50, messages: [{ role: "user", content: "hello" }] },
  "openai.responses": { model: "m-1", max_output_tokens: 50, input: "hello", store: false },
  "openai.chat-completions": {
    model: "m-1",
    max_completion_tokens: 50,
    messages: [{ role: "user", content: "hello" }],
    store: false,
  },
};
export const withMember = (api: ModelApi, more: object) => ({ ...LEAST[api], ...more });
