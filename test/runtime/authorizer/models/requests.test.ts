import type { ModelApi, ModelFeature } from "../../../../domain";
import { Denial } from "../../../../runtime/authorizer/denial";
import { APIS, LEAST, recognised, type Sent, told, withMember } from "../../../support/model-requests";

const anthropicSays = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });

test.each(APIS)(
  "%s: the least request is recognised, and takes its bytes, 1,024 and its output limit in tokens",
  (api) => {
    const text = JSON.stringify(LEAST[api]);
    const call = recognised(api, text);
    expect(call).toMatchObject({ action: "ask", tokens: Buffer.byteLength(text) + 1_024 + 50 });
    expect(call.passes).toEqual(["anthropic-beta", "anthropic-version"]);
    expect(call.answer).toBeDefined();
    expect(call.arguments).toMatchObject({ model: "m-1", body: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  },
);

test("another prompt needs another approval, and a long one is shown by its digest alone", () => {
  const [one, other] = ["a", "b"].map((letter) =>
    recognised("openai.responses", withMember("openai.responses", { input: letter.repeat(3_000), user: "alice" })),
  );
  expect(one?.arguments).toEqual({
    model: "m-1",
    max_output_tokens: 50,
    store: false,
    user: "alice",
    body: expect.stringMatching(/^sha256:/),
  });
  expect(one?.arguments.body).not.toBe(other?.arguments.body);
});

const UNKNOWN = "is a member that the gateway does not know";
const everyFeature: readonly ModelFeature[] = [
  "hosted-tools",
  "connectors",
  "url-inputs",
  "file-inputs",
  "media-inputs",
  "stored-responses",
  "previous-responses",
  "background",
];

/** Refused for every declaration: an unknown member could act at the provider */
test.each<[ModelApi, object, string]>([
  ["anthropic.messages", { webhook: "https://evil.example" }, `webhook ${UNKNOWN}`],
  ["anthropic.messages", { context_management: {} }, `context_management ${UNKNOWN}`],
  ["anthropic.messages", { "a b": 1 }, `["a b"] ${UNKNOWN}`],
  [
    "anthropic.messages",
    { messages: [{ role: "tool", content: "x" }] },
    'messages[0].role is "tool", which the gateway does not know',
  ],
  [
    "anthropic.messages",
    anthropicSays({ type: "text", text: "x", source: {} }),
    `messages[0].content[0].source ${UNKNOWN}`,
  ],
  [
    "anthropic.messages",
    anthropicSays({ type: "web_page", url: "https://evil.example" }),
    'messages[0].content[0].type is "web_page", which the gateway does not know',
  ],
  ["anthropic.messages", anthropicSays({ text: "x" }), "messages[0].content[0].type is missing"],
  [
    "anthropic.messages",
    { tools: [{ type: "computer_20250124", name: "computer" }] },
    'tools[0].type is "computer_20250124", which the gateway does not know',
  ],
  [
    "anthropic.messages",
    { tools: [{ type: "constructor", name: "x" }] },
    'tools[0].type is "constructor", which the gateway does not know',
  ],
  ["anthropic.messages", { tools: [{ name: "x", input_schema: {}, url: "x" }] }, `tools[0].url ${UNKNOWN}`],
  ["anthropic.messages", { messages: {} }, "messages must be a list"],
  ["anthropic.messages", { stream: "true" }, "stream must be true or false or null"],
  ["anthropic.messages", { metadata: { user_id: {} } }, "metadata.user_id must be no object or list"],
  ["openai.responses", { prompt: { id: "pmpt_1" } }, `prompt ${UNKNOWN}`],
  ["openai.responses", { Model: "x" }, "the body must not have members whose names differ by case alone"],
  ["openai.responses", { input: [{ id: "msg_1" }] }, "input[0].role is missing"],
  ["openai.responses", { tools: [{ type: "shell" }] }, 'tools[0].type is "shell", which the gateway does not know'],
  ["openai.responses", { tools: [null] }, "tools[0] must be an object"],
  ["openai.responses", { store: "no" }, "store must be true or false or null"],
  [
    "openai.responses",
    { input: [{ type: "tool_search_output", tools: [{ type: "mcp", server_url: "https://evil.example" }] }] },
    'input[0].type is "tool_search_output", which the gateway does not know',
  ],
  [
    "openai.responses",
    { tools: [{ type: "code_interpreter", container: { network_policy: { type: "allowlist" } } }] },
    'tools[0].container.network_policy.type is "allowlist", which the gateway does not know',
  ],
  [
    "openai.responses",
    { input: [{ role: "user", content: [{ type: "input_audio", file_url: "https://evil.example" }] }] },
    `input[0].content[0].file_url ${UNKNOWN}`,
  ],
  [
    "openai.chat-completions",
    { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { url: "https://evil.example" } }] }] },
    `messages[0].content[0].input_audio.url ${UNKNOWN}`,
  ],
  [
    "anthropic.messages",
    { tools: [{ type: "web_fetch_20250910", name: "web_fetch", file_ids: ["f"] }] },
    `tools[0].file_ids ${UNKNOWN}`,
  ],
  [
    "anthropic.messages",
    { tool_choice: { type: "web_search_20250305", name: "web_search" } },
    'tool_choice.type must be "auto" or "any" or "tool" or "none"',
  ],
  [
    "openai.responses",
    { conversation: { id: "conv_1", items: [{ type: "input_image", image_url: "https://evil.example" }] } },
    `conversation.items ${UNKNOWN}`,
  ],
  ["openai.responses", { prompt_cache_options: { webhook: "x" } }, `prompt_cache_options.webhook ${UNKNOWN}`],
  [
    "openai.chat-completions",
    { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "web_search" }] } } },
    'tool_choice.allowed_tools.tools[0].type is "web_search", which the gateway does not know',
  ],
  ["openai.chat-completions", { n: 2 }, "n must be 1 or null"],
  ["openai.chat-completions", { audio: { voice: "x" } }, `audio ${UNKNOWN}`],
  ["openai.chat-completions", { modalities: ["text", "audio"] }, 'modalities[1] must be "text"'],
  ["openai.chat-completions", { prediction: {} }, `prediction ${UNKNOWN}`],
  [
    "openai.chat-completions",
    { messages: [{ role: "critic", content: "x" }] },
    'messages[0].role is "critic", which the gateway does not know',
  ],
])("fails for %s with %j", (api, more, what) => {
  expect(told(api, withMember(api, more), { allows: everyFeature })).toBe(`call.body: ${what}`);
});

test("fails with the path of the unknown member, and a fix", () => {
  const act = () => recognised("openai.responses", withMember("openai.responses", { webhook: "x" }));
  expect(act).toThrow(Denial);
  try {
    act();
  } catch (error) {
    expect((error as Denial).reasons).toEqual([
      {
        code: "call.body",
        what: `webhook ${UNKNOWN}`,
        fix: "leave it out, or write it as the API's reference does; what the gateway does not know could act at the provider",
      },
    ]);
  }
});

test("fails where a member stands twice", () => {
  const text = JSON.stringify(LEAST["openai.responses"]).replace("{", '{"store":true,');
  expect(told("openai.responses", text)).toBe("call.body: the body must have each member of an object once");
});

test.each<[ModelApi, string, unknown, string]>([
  ["anthropic.messages", "max_tokens", undefined, "the request has no max_tokens: send at most 100"],
  ["anthropic.messages", "max_tokens", 101, "max_tokens must be a whole number from 1 to 100, got 101"],
  ["anthropic.messages", "max_tokens", 0, "max_tokens must be a whole number from 1 to 100, got 0"],
  ["anthropic.messages", "max_tokens", 1.5, "max_tokens must be a whole number from 1 to 100, got 1.5"],
  ["anthropic.messages", "max_tokens", "50", 'max_tokens must be a whole number from 1 to 100, got "50"'],
  ["openai.responses", "max_output_tokens", null, "the request has no max_output_tokens: send at most 100"],
  ["openai.responses", "max_output_tokens", 1e6, "max_output_tokens must be a whole number from 1 to 100, got 1000000"],
  [
    "openai.chat-completions",
    "max_completion_tokens",
    undefined,
    "the request has no max_completion_tokens or max_tokens: send at most 100",
  ],
  ["openai.chat-completions", "max_tokens", 101, "max_tokens must be a whole number from 1 to 100, got 101"],
])("fails for %s with %s %j", (api, member, value, what) => {
  expect(told(api, withMember(api, { [member]: value }))).toBe(`call.output-limit: ${what}`);
});

test.each([101, 0, "50"])("fails for thinking of %j tokens, as it is bounded as an answer is", (budget) => {
  const body = withMember("anthropic.messages", { thinking: { type: "enabled", budget_tokens: budget } });
  expect(told("anthropic.messages", body)).toBe(
    `call.output-limit: thinking.budget_tokens must be a whole number from 1 to 100, got ${JSON.stringify(budget)}`,
  );
});

test("thinking that is longer than the answer is reserved", () => {
  const body = JSON.stringify(withMember("anthropic.messages", { thinking: { type: "enabled", budget_tokens: 90 } }));
  expect(recognised("anthropic.messages", body).tokens).toBe(Buffer.byteLength(body) + 1_024 + 90);
});

test("of two output limits the larger one is reserved", () => {
  const body = JSON.stringify(withMember("openai.chat-completions", { max_tokens: 90 }));
  expect(recognised("openai.chat-completions", body).tokens).toBe(Buffer.byteLength(body) + 1_024 + 90);
});

test.each<[string, Sent, object, string]>([
  ["another model", {}, { model: "m-3" }, 'call.unrecognised: no action of the tool has the model "m-3"'],
  ["a model in another case", {}, { model: "M-1" }, 'call.unrecognised: no action of the tool has the model "M-1"'],
  ["no model", {}, { model: undefined }, "call.unrecognised: no action of the tool has the model nothing"],
  ["a list of models", {}, { model: ["m-1"] }, 'call.unrecognised: no action of the tool has the model ["m-1"]'],
  ["a model that is not granted", {}, { model: "m-2" }, "token.out-of-scope"],
  [
    "an API that is not declared",
    { apis: ["openai.chat-completions"] },
    {},
    "call.unrecognised: the tool is not asked by openai.responses",
  ],
  ...[
    ["batches", { path: "/v1/responses/batches" }],
    ["a query", { path: "/v1/responses?beta=true" }],
    ["a slash at the end", { path: "/v1/responses/" }],
    ["an encoded path", { path: "/v1/response%73" }],
    ["another case", { path: "/v1/Responses" }],
    ["another method", { method: "GET" }],
  ].map(
    ([what, sent]) =>
      [what, sent, {}, "call.unrecognised: a model is asked by POST at the path of its API, without a query"] as [
        string,
        Sent,
        object,
        string,
      ],
  ),
  [
    "a beta that may act at the provider",
    { headers: [["anthropic-beta", "interleaved-thinking-2025-05-14, mcp-client-2025-11-20"]] },
    {},
    'call.header: the header anthropic-beta names "mcp-client-2025-11-20", which may act at the provider',
  ],
  [
    "a version of the API that is not known",
    { headers: [["anthropic-version", "2027-01-01"]] },
    {},
    'call.header: the header anthropic-version must be 2023-06-01 or 2026-10-21, got "2027-01-01"',
  ],
  [
    "a version twice",
    { headers: [1, 2].map(() => ["anthropic-version", "2023-06-01"] as const) },
    {},
    "call.header: the header anthropic-version must be sent once",
  ],
])("fails for %s", (_, sent, more, what) => {
  expect(told("openai.responses", withMember("openai.responses", more), sent)).toContain(what);
});

test.each(["2023-06-01", "2026-10-21"])("takes version %s of Anthropic's API", (version) => {
  const headers = [["anthropic-version", version]] as const;
  expect(told("anthropic.messages", LEAST["anthropic.messages"], { headers })).toBe("allowed");
});

test("takes betas that change only how a model answers", () => {
  const headers = [["anthropic-beta", "interleaved-thinking-2025-05-14,context-1m-2025-08-07"]] as const;
  expect(told("anthropic.messages", LEAST["anthropic.messages"], { headers })).toBe("allowed");
});
