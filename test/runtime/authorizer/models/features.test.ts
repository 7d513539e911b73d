import fc from "fast-check";
import type { ModelApi, ModelFeature } from "../../../../domain";
import { depth } from "../../../support/depth";
import { LEAST, told, withMember } from "../../../support/model-requests";

/** What an agent with tools of its own sends, turn by turn */
const OWN: readonly [ModelApi, object][] = [
  [
    "anthropic.messages",
    {
      system: [{ type: "text", text: "be brief", cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: [
        { role: "user", content: [{ type: "text", text: "hi" }] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "…", signature: "s" },
            { type: "redacted_thinking", data: "x" },
            { type: "tool_use", id: "t1", name: "look", input: { any: [1, { thing: null }] } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "found" }], is_error: false },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "words" }, title: "t" },
            { type: "search_result", source: "kb", title: "t", content: [{ type: "text", text: "words" }] },
          ],
        },
      ],
      tools: [
        { name: "look", description: "d", input_schema: { type: "object", properties: { any: {} } } },
        { type: "custom", name: "see", input_schema: {}, strict: true },
      ],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      thinking: { type: "enabled", budget_tokens: 20 },
      metadata: { user_id: "u" },
      stop_sequences: ["x"],
      stream: true,
      temperature: 0.5,
      output_config: { format: { type: "json_schema", schema: { type: "object" } } },
    },
  ],
  [
    "openai.responses",
    {
      instructions: "be brief",
      input: [
        { role: "user", content: [{ type: "input_text", text: "hi" }] },
        { type: "reasoning", id: "r", summary: [], encrypted_content: "x" },
        { type: "function_call", id: "f", call_id: "c", name: "look", arguments: "{}", status: "completed" },
        { type: "function_call_output", call_id: "c", output: "found" },
        { type: "custom_tool_call", call_id: "d", name: "see", input: "x" },
        { type: "custom_tool_call_output", call_id: "d", output: [{ type: "input_text", text: "y" }] },
        {
          type: "message",
          id: "m",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: "so", annotations: [], logprobs: [] }],
        },
      ],
      tools: [
        { type: "function", name: "look", parameters: { type: "object" }, strict: true },
        { type: "custom", name: "see", format: { type: "grammar", syntax: "lark", definition: "start: /a/" } },
      ],
      tool_choice: { type: "function", name: "look" },
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" },
      text: { format: { type: "json_schema", name: "n", schema: {}, strict: true }, verbosity: "low" },
      metadata: { k: "v" },
      previous_response_id: null,
      background: false,
      stream: true,
      stream_options: { include_obfuscation: false },
    },
  ],
  [
    "openai.chat-completions",
    {
      messages: [
        { role: "developer", content: "be brief" },
        { role: "user", content: [{ type: "text", text: "hi" }], name: "alice" },
        {
          role: "assistant",
          content: null,
          refusal: null,
          annotations: [],
          tool_calls: [{ id: "c", type: "function", function: { name: "look", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c", content: "found" },
      ],
      tools: [
        { type: "function", function: { name: "look", description: "d", parameters: { type: "object" } } },
        { type: "custom", custom: { name: "see" } },
      ],
      tool_choice: "auto",
      response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } },
      stream: true,
      stream_options: { include_usage: true },
      n: 1,
      logit_bias: { "50": 1 },
      stop: ["x"],
      prompt_cache_retention: "in_memory",
    },
  ],
];

test.each(OWN)("%s: an agent's own function tools, its history and a stream pass", (api, more) => {
  expect(told(api, withMember(api, more))).toBe("allowed");
});

/** What the agent writes for itself, and no provider does anything with */
const FREE = ["input", "input_schema", "parameters", "schema", "annotations", "logprobs", "metadata", "logit_bias"];

/** Every object of a body that is looked into, by its path */
function objectsIn(
  value: unknown,
  path: string,
): readonly (readonly [path: string, object: Record<string, unknown>])[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const members = Object.entries(value).filter(([name, item]) => !FREE.includes(name) || Array.isArray(item));
  const below = members.flatMap(([name, item]) => objectsIn(item, path === "" ? name : `${path}.${name}`));
  return [[path, value as Record<string, unknown>], ...below];
}

test.each(OWN)("fails for %s with a member that is not known in whichever object", (api, more) => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.stringMatching(/^[a-z]{1,12}_x$/),
      fc.constantFrom(null, true, 1, "x", [], {}),
      (place, name, value) => {
        const body: object = structuredClone(withMember(api, more));
        const objects = objectsIn(body, "").filter(([path]) => !/annotations|logprobs/.test(path));
        const [path, object] = objects[place % objects.length] as (typeof objects)[number];
        object[name] = value;
        const at = path === "" ? name : `${path}.${name}`;
        expect(told(api, body)).toBe(`call.body: ${at} is a member that the gateway does not know`);
      },
    ),
    { numRuns: depth(60) },
  );
});

const anthropicSays = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const responsesSays = (...content: readonly object[]) => ({ input: [{ role: "user", content }] });
const chatSays = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const PNG = "data:image/png;base64,AAAA";

/** What acts at the provider, where it stands, and what would have to be declared */
const FEATURES: readonly [ModelApi, ModelFeature, string, object][] = [
  ["anthropic.messages", "hosted-tools", "tools[0]", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
  ["anthropic.messages", "hosted-tools", "tools[0]", { tools: [{ type: "code_execution_20250825", name: "code" }] }],
  [
    "anthropic.messages",
    "hosted-tools",
    "container",
    { container: { skills: [{ type: "anthropic", skill_id: "pdf" }] } },
  ],
  ["anthropic.messages", "hosted-tools", "messages[0].content[0]", anthropicSays({ type: "server_tool_use" })],
  ["anthropic.messages", "connectors", "mcp_servers", { mcp_servers: [{ type: "url", url: "https://evil.example" }] }],
  ["anthropic.messages", "connectors", "tools[0]", { tools: [{ type: "mcp_toolset", mcp_server_name: "x" }] }],
  [
    "anthropic.messages",
    "url-inputs",
    "messages[0].content[0].source",
    anthropicSays({ type: "image", source: { type: "url", url: "https://evil.example/?q=secret" } }),
  ],
  [
    "anthropic.messages",
    "url-inputs",
    "messages[0].content[0].content[0].source",
    anthropicSays({
      type: "tool_result",
      tool_use_id: "t",
      content: [{ type: "document", source: { type: "url", url: "https://evil.example" } }],
    }),
  ],
  [
    "anthropic.messages",
    "file-inputs",
    "messages[0].content[0].source",
    anthropicSays({ type: "document", source: { type: "file", file_id: "f" } }),
  ],
  ["anthropic.messages", "file-inputs", "messages[0].content[0]", anthropicSays({ type: "container_upload" })],
  [
    "anthropic.messages",
    "media-inputs",
    "messages[0].content[0].source",
    anthropicSays({ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }),
  ],
  ["openai.responses", "hosted-tools", "tools[0]", { tools: [{ type: "web_search" }] }],
  ["openai.responses", "hosted-tools", "tools[0]", { tools: [{ type: "code_interpreter", container: {} }] }],
  ["openai.responses", "hosted-tools", "include[0]", { include: ["file_search_call.results"] }],
  ["openai.responses", "hosted-tools", "tool_choice", { tool_choice: { type: "web_search" } }],
  ["openai.responses", "connectors", "tools[0]", { tools: [{ type: "mcp", server_url: "https://evil.example" }] }],
  ["openai.responses", "connectors", "input[0]", { input: [{ type: "mcp_approval_response", approve: true }] }],
  [
    "openai.responses",
    "url-inputs",
    "input[0].content[0].image_url",
    responsesSays({ type: "input_image", image_url: "https://evil.example/?q=secret" }),
  ],
  [
    "openai.responses",
    "url-inputs",
    "input[0].content[0].file_url",
    responsesSays({ type: "input_file", file_url: "https://evil.example" }),
  ],
  [
    "openai.responses",
    "file-inputs",
    "input[0].content[0].file_id",
    responsesSays({ type: "input_file", file_id: "f" }),
  ],
  [
    "openai.responses",
    "media-inputs",
    "input[0].content[0].image_url",
    responsesSays({ type: "input_image", image_url: PNG }),
  ],
  ["openai.responses", "stored-responses", "store", { store: true }],
  ["openai.responses", "stored-responses", "store", { store: null }],
  ["openai.responses", "previous-responses", "previous_response_id", { previous_response_id: "resp_1" }],
  ["openai.responses", "previous-responses", "conversation", { conversation: "conv_1" }],
  ["openai.responses", "previous-responses", "input[0]", { input: [{ type: "item_reference", id: "msg_1" }] }],
  ["openai.responses", "background", "background", { background: true }],
  ["openai.chat-completions", "hosted-tools", "web_search_options", { web_search_options: {} }],
  ["openai.chat-completions", "stored-responses", "store", { store: true }],
  ["openai.chat-completions", "stored-responses", "store", { store: null }],
  ...(["openai.responses", "openai.chat-completions"] as const).map(
    (api) =>
      [api, "stored-responses", "prompt_cache_retention", { prompt_cache_retention: "24h" }] as [
        ModelApi,
        ModelFeature,
        string,
        object,
      ],
  ),
  [
    "openai.chat-completions",
    "url-inputs",
    "messages[0].content[0].image_url.url",
    chatSays({ type: "image_url", image_url: { url: "https://evil.example/?q=secret" } }),
  ],
  [
    "openai.chat-completions",
    "media-inputs",
    "messages[0].content[0].image_url.url",
    chatSays({ type: "image_url", image_url: { url: PNG } }),
  ],
  [
    "openai.chat-completions",
    "file-inputs",
    "messages[0].content[0].file.file_id",
    chatSays({ type: "file", file: { file_id: "f" } }),
  ],
  ["openai.chat-completions", "media-inputs", "messages[0].content[0]", chatSays({ type: "input_audio" })],
];

test.each(FEATURES)("fails for %s with %s at %s, and passes where that alone is declared", (api, feature, at, more) => {
  const body = withMember(api, more);
  expect(told(api, body)).toBe(`call.feature: ${at} needs "${feature}", which the action does not allow`);
  expect(told(api, body, { allows: [feature] })).toBe("allowed");
});

test.each(["openai.responses", "openai.chat-completions"] as const)(
  "fails where %s does not say store: false, as it keeps what it answers then",
  (api) => {
    const { store: _, ...body } = LEAST[api];
    expect(told(api, body)).toBe('call.feature: store is missing, and then counts as true: send "store": false');
    expect(told(api, body, { allows: ["stored-responses"] })).toBe("allowed");
  },
);

const hosted = (tool: object) => ({ tools: [tool] });
const input = (...items: readonly object[]) => ({ input: items });
const ran = { type: "code_execution_result", content: [{ type: "code_execution_output", file_id: "f" }] };

/** Within what one feature lets pass, what another one is for */
const WITHIN: readonly [ModelApi, ModelFeature, ModelFeature, string, object][] = [
  [
    "openai.responses",
    "hosted-tools",
    "file-inputs",
    "tools[0].container.file_ids",
    hosted({ type: "code_interpreter", container: { type: "auto", file_ids: ["f"] } }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "previous-responses",
    "tools[0].container",
    hosted({ type: "code_interpreter", container: "cntr_1" }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "file-inputs",
    "tools[0].vector_store_ids",
    hosted({ type: "file_search", vector_store_ids: ["vs_1"] }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "file-inputs",
    "tools[0].input_image_mask.file_id",
    hosted({ type: "image_generation", input_image_mask: { file_id: "f" } }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "url-inputs",
    "tools[0].input_image_mask.image_url",
    hosted({ type: "image_generation", input_image_mask: { image_url: "https://evil.example" } }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "previous-responses",
    "input[0].container_id",
    input({ type: "code_interpreter_call", code: "1", container_id: "cntr_1", outputs: null }),
  ],
  [
    "openai.responses",
    "hosted-tools",
    "media-inputs",
    "input[0].result",
    input({ type: "image_generation_call", id: "ig_1", result: "AAAA" }),
  ],
  ["anthropic.messages", "hosted-tools", "previous-responses", "container", { container: "c-1" }],
  ["anthropic.messages", "hosted-tools", "previous-responses", "container.id", { container: { id: "c-1" } }],
  [
    "anthropic.messages",
    "hosted-tools",
    "file-inputs",
    "container.skills[0]",
    { container: { skills: [{ type: "custom", skill_id: "s" }] } },
  ],
  [
    "anthropic.messages",
    "hosted-tools",
    "file-inputs",
    "messages[0].content[0].content.content[0].file_id",
    anthropicSays({ type: "code_execution_tool_result", tool_use_id: "t", content: ran }),
  ],
  [
    "anthropic.messages",
    "hosted-tools",
    "url-inputs",
    "messages[0].content[0].content.content.source",
    anthropicSays({
      type: "web_fetch_tool_result",
      tool_use_id: "t",
      content: {
        type: "web_fetch_result",
        url: "https://kb.example",
        content: { type: "document", source: { type: "url", url: "https://evil.example" } },
      },
    }),
  ],
];

test.each(WITHIN)("fails for %s with %s alone, without %s, at %s", (api, outer, inner, at, more) => {
  const body = withMember(api, more);
  const what = `call.feature: ${at} needs "${inner}", which the action does not allow`;
  expect(told(api, body, { allows: [outer] })).toBe(what);
  expect(told(api, body, { allows: [outer, inner] })).toBe("allowed");
});

test("what hosted tools leave in a conversation goes back as it came", () => {
  const items = input(
    { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "q", sources: [] } },
    { type: "file_search_call", id: "fs_1", status: "completed", queries: ["q"], results: [{ text: "t", score: 1 }] },
  );
  const [api, allows] = ["openai.responses", ["hosted-tools"]] as const;
  expect(told(api, withMember(api, items), { allows })).toBe("allowed");
  const blocks = anthropicSays(
    { type: "server_tool_use", id: "s", name: "web_search", input: { query: "q" } },
    {
      type: "web_search_tool_result",
      tool_use_id: "s",
      content: [{ type: "web_search_result", url: "https://kb.example", title: "t", encrypted_content: "x" }],
    },
  );
  expect(told("anthropic.messages", withMember("anthropic.messages", blocks), { allows })).toBe("allowed");
});

const said = [{ type: "output_text", text: "so" }];

/** Items that say nothing by themselves: the provider would look for what it keeps under their id */
test.each<[string, object, string]>([
  ["a message", { type: "message", role: "assistant", id: "msg_1", content: [] }, "content"],
  ["a message without content", { role: "assistant", id: "msg_1" }, "content"],
  ["a call without arguments", { type: "function_call", id: "fc_1", call_id: "c", name: "look" }, "arguments"],
  ["a call of an empty name", { type: "function_call", id: "fc_1", call_id: "c", name: "", arguments: "{}" }, "name"],
  ["an output of no call", { type: "function_call_output", id: "fo_1", output: "x" }, "call_id"],
  ["a custom call without a name", { type: "custom_tool_call", id: "ct_1", call_id: "c", input: "" }, "name"],
  ["reasoning", { type: "reasoning", id: "rs_1", summary: [] }, "encrypted_content"],
  ["reasoning of an empty text", { type: "reasoning", id: "rs_1", encrypted_content: "" }, "encrypted_content"],
  ["reasoning of nothing", { type: "reasoning", encrypted_content: null }, "encrypted_content"],
  ["a search", { type: "file_search_call", id: "fs_1", queries: ["q"], results: null }, "results"],
  ["an image", { type: "image_generation_call", id: "ig_1", result: null }, "result"],
])("fails for %s with an id that stands for what is kept, and passes with previous-responses", (_, item, missing) => {
  const body = withMember("openai.responses", input(item));
  expect(told("openai.responses", body, { allows: ["hosted-tools"] })).toBe(
    `call.feature: input[0].${missing} is missing or empty, so the item stands for one that the provider keeps: that needs "previous-responses", which the action does not allow`,
  );
  expect(told("openai.responses", body, { allows: ["hosted-tools", "previous-responses"] })).toBe("allowed");
});

test.each([
  { role: "assistant", content: "" },
  { type: "message", role: "assistant", id: "msg_1", content: said },
  { type: "function_call_output", id: "fo_1", call_id: "c", output: "" },
])("%j passes, as it stands for itself", (item) => {
  expect(told("openai.responses", withMember("openai.responses", input(item)))).toBe("allowed");
});

test.each<[ModelApi, string, object]>([
  [
    "openai.chat-completions",
    "messages[0].content[0].file.file_data",
    chatSays({ type: "file", file: { filename: "a.pdf", file_data: "https://evil.example/a.pdf" } }),
  ],
  [
    "openai.chat-completions",
    "messages[0].content[0].input_audio.data",
    chatSays({ type: "input_audio", input_audio: { data: "https://evil.example/a.wav", format: "wav" } }),
  ],
  [
    "openai.responses",
    "input[0].content[0].file_data",
    responsesSays({ type: "input_file", file_data: "//evil.example/a" }),
  ],
  [
    "openai.responses",
    "input[0].content[0].file_data",
    responsesSays({ type: "input_file", file_data: ["https://evil.example"] }),
  ],
])("fails for %s with media-inputs and an address in place of data, at %s", (api, at, more) => {
  expect(told(api, withMember(api, more), { allows: ["media-inputs"] })).toBe(
    `call.body: ${at} must be a data: address or base64`,
  );
});

test.each(["AAAA", "AAA=", "data:application/pdf;base64,AAAA"])("a file within the request as %s passes", (data) => {
  const more = responsesSays(
    { type: "input_file", filename: "a.pdf", file_data: data },
    { type: "input_audio", input_audio: { data, format: "wav" } },
  );
  expect(told("openai.responses", withMember("openai.responses", more), { allows: ["media-inputs"] })).toBe("allowed");
});
