import fc from "fast-check";
import { MODEL_FEATURES, type ModelApi, type ModelFeature } from "../../../../domain";
import { type OddChange, oddChanges } from "../../../support/json/odd-json";
import { APIS, type Sent, withMember } from "../../../support/model-requests";

export interface DrawnRequest {
  readonly api: ModelApi;
  readonly allows: readonly ModelFeature[];
  readonly sent: Sent;
  readonly body: string;
}

const PNG = "data:image/png;base64,AAAA";
const EVIL = "https://evil.example/?q=secret";

/** What providers do besides to answer, each in the words of one of the APIs */
const PIECES: readonly object[] = [
  { type: "web_search_20250305", name: "web_search" },
  { type: "code_execution_20250825", name: "code" },
  { type: "computer_20250124", name: "computer" },
  { type: "mcp_toolset", mcp_server_name: "x" },
  { type: "mcp", server_url: EVIL },
  ...["web_search", "image_generation", "shell"].map((type) => ({ type })),
  { type: "code_interpreter", container: { type: "auto" } },
  { type: "file_search", vector_store_ids: ["vs_1"] },
  { type: "image", source: { type: "url", url: EVIL } },
  { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
  { type: "document", source: { type: "file", file_id: "f" } },
  { type: "document", source: { type: "text", media_type: "text/plain", data: "words" } },
  { type: "container_upload", file_id: "f" },
  { type: "server_tool_use", id: "s", name: "web_search", input: {} },
  ...[EVIL, PNG].map((url) => ({ type: "image_url", image_url: { url } })),
  ...[EVIL, PNG].map((url) => ({ type: "input_image", image_url: url })),
  { type: "input_file", file_url: EVIL },
  { type: "input_file", file_id: "f" },
  ...[EVIL, "AAAA"].map((data) => ({ type: "input_file", filename: "a", file_data: data })),
  ...[EVIL, "AAAA"].map((data) => ({ type: "input_audio", input_audio: { data, format: "wav" } })),
  { type: "file", file: { file_id: "f" } },
  { type: "input_text", text: "a" },
  { type: "text", text: "a" },
  { url: EVIL },
  { type: "item_reference", id: "msg_1" },
  { type: "mcp_approval_response", approve: true },
  { type: "message", id: "msg_1", role: "assistant", content: [] },
  { role: "user", content: "a" },
  { type: "reasoning", id: "rs_1", summary: [] },
  { type: "function_call", id: "fc_1", call_id: "c", name: "f" },
  { type: "allowed_tools", mode: "auto", tools: [{ type: "mcp", server_label: "x" }] },
  { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "web_search" }] } },
  { comparison_response_id: "resp_1" },
  { mode: "explicit", ttl: "24h" },
  { include_usage: true },
  { skills: [{ type: "custom", skill_id: "s" }] },
  { id: "c-1" },
  { type: "enabled", budget_tokens: 101 },
];
const VALUES = [
  ...[...PIECES, ...PIECES.map((piece) => [piece])],
  ...["m-1", "m-2", "M-1", "m-1\0", ["m-1"], 100, 101, 50.5, "50", 1e6, false, "24h", "in_memory", "resp_1", EVIL, PNG],
  ...[["file_search_call.results"], ["reasoning.encrypted_content"], "web_search", "mcp", "url", "file", "base64"],
].map((value) => JSON.stringify(value));
const MEMBERS = [
  ...["model", "messages", "input", "tools", "tool_choice", "type", "role", "content", "text", "source", "stream"],
  ...["max_tokens", "max_completion_tokens", "max_output_tokens", "thinking", "budget_tokens", "n", "best_of", "store"],
  ...["previous_response_id", "conversation", "background", "prompt", "prompt_cache_options", "include", "container"],
  ...["prompt_cache_retention", "comparison_response_id", "web_search_options", "mcp_servers", "image_url", "file_url"],
  ...["file_id", "file_data", "id", "output", "stream_options", "metadata", "modalities", "audio", "service_tier"],
  ...["callback_url", "models", "fallbacks", "batch", "__proto__", "x"],
];

/** Members of a body by which more is asked for, or elsewhere */
const MORE: readonly object[] = [
  { n: 2 },
  { n: 0 },
  { best_of: 2 },
  ...["max_tokens", "max_completion_tokens", "max_output_tokens"].map((name) => ({ [name]: 101 })),
  { max_tokens: null },
  { thinking: { type: "enabled", budget_tokens: 101 } },
  { model: "m-2" },
  { models: ["m-2"] },
  { stream: true },
  { store: true },
  { store: null },
  { background: true },
  { previous_response_id: "resp_1" },
  { conversation: "conv_1" },
  { prompt: { id: "pmpt_1" } },
  { prompt_cache_options: { comparison_response_id: "resp_1" } },
  { prompt_cache_retention: "24h" },
  { web_search_options: {} },
  { container: "c-1" },
  { include: ["file_search_call.results"] },
  { mcp_servers: [{ type: "url", url: EVIL }] },
  { callback_url: EVIL },
];
/** Each piece where it could stand */
const IN_PLACE: readonly object[] = PIECES.flatMap((piece) => [
  { tools: [piece] },
  { tool_choice: piece },
  { input: [piece] },
  ...["input", "messages"].map((name) => ({ [name]: [{ role: "user", content: [piece] }] })),
]);
const more: fc.Arbitrary<OddChange> = fc
  .oneof(fc.constantFrom(...MORE), fc.constantFrom(...IN_PLACE))
  .map((members) => (json) => JSON.stringify({ ...(JSON.parse(json) as object), ...members }));

const say = (...content: readonly object[]): object => ({ messages: [{ role: "user", content }] });
const DECLARED: Readonly<Record<ModelApi, readonly object[]>> = {
  "anthropic.messages": [
    { system: "a", thinking: { type: "enabled", budget_tokens: 20 }, stream: true, metadata: { user_id: "u" } },
    say({ type: "text", text: "a" }, { type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "b" }] }),
    { tools: [{ name: "look", input_schema: { type: "object" } }], tool_choice: { type: "auto" } },
    { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "look", input: { url: EVIL } }] }] },
    say({ type: "document", source: { type: "content", content: [{ type: "text", text: "a" }] } }),
  ],
  "openai.responses": [
    { input: [{ role: "user", content: [{ type: "input_text", text: "a" }] }], stream: true, background: false },
    { input: [{ type: "function_call", id: "f", call_id: "c", name: "look", arguments: "{}" }], include: [] },
    { input: [{ type: "function_call_output", call_id: "c", output: [{ type: "input_text", text: "a" }] }] },
    { tools: [{ type: "function", name: "look", parameters: {} }], tool_choice: { type: "function", name: "look" } },
    {
      tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "look" }] },
      prompt_cache_options: { mode: "implicit" },
    },
    { input: [{ type: "message", id: "m", role: "assistant", content: [{ type: "output_text", text: "a" }] }] },
  ],
  "openai.chat-completions": [
    { stream: true, stream_options: { include_usage: true }, n: 1, max_tokens: 50, metadata: { a: "b" } },
    say({ type: "text", text: "a" }),
    { tools: [{ type: "function", function: { name: "look", parameters: {} } }], modalities: ["text"] },
    {
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "look" } }] },
      },
      prompt_cache_options: { mode: "implicit" },
    },
    { messages: [{ role: "tool", tool_call_id: "c", content: "a" }], stream: true },
  ],
};

const declared = fc.constantFrom(
  ...APIS.flatMap((api) => [{}, ...DECLARED[api]].map((more) => ({ api, body: withMember(api, more) }))),
);
const allows = fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray([...MODEL_FEATURES], { maxLength: 2 }));
const sent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc
    .tuple(
      fc.constantFrom("anthropic-beta", "anthropic-version", "openai-beta", "content-type", "x-http-method-override"),
      fc.constantFrom(
        ...["interleaved-thinking-2025-05-14", "interleaved-thinking-2025-05-14;mcp-client-2025-11-20", "2023-06-01"],
        ...["effort-2025-11-24, files-api-2025-04-14", "MCP-client-2025-11-20", "application/json", "responses=v1"],
      ),
    )
    .map((header) => ({ headers: [header] })),
  fc.constantFrom("/v1/responses", "/v1/messages", "/v1/messages/batches", "/v1/messages?beta=true").map((path) => ({
    path,
  })),
);

const odd = oddChanges(MEMBERS, VALUES);
/** What is merged comes first: what is odd would be lost in it. */
const changes = fc
  .tuple(fc.option(more, { nil: undefined }), fc.array(odd, { maxLength: 2 }))
  .map(([first, rest]) => [...(first === undefined ? [] : [first]), ...rest]);

/** A request that would pass, of which at most three members are changed, under what an action allows */
export const requests: fc.Arbitrary<DrawnRequest> = fc
  .tuple(declared, allows, sent, changes)
  .map(([{ api, body }, allowed, how, made]) => ({
    api,
    allows: allowed,
    sent: how,
    body: made.reduce((json, change) => change(json), JSON.stringify(body)),
  }));
