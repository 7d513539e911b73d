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
      tool_choice: {
        type: "allowed_tools",
        mode: "auto",
        tools: [{ type: "function", name: "look", parameters: { type: "object" }, strict: true }],
      },
      prompt_cache_options: { mode: "explicit", prewarm: false },
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
        {
          role: "user",
          content: [{ type: "text", text: "hi", prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" } }],
          name: "alice",
        },
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
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "look" } }] },
      },
      response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } },
      stream: true,
      stream_options: { include_usage: true },
      n: 1,
      logit_bias: { "50": 1 },
      stop: ["x"],
      prompt_cache_retention: "in_memory",
      prompt_cache_options: { mode: "explicit", ttl: "30m" },
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

test.each(OWN)("fails for %s with an unknown member in any object", (api, more) => {
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
  [
    "openai.responses",
    "hosted-tools",
    "tool_choice.tools[0]",
    { tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "image_generation" }] } },
  ],
  [
    "openai.responses",
    "connectors",
    "tool_choice.tools[1]",
    {
      tool_choice: {
        type: "allowed_tools",
        mode: "auto",
        tools: [
          { type: "function", name: "look" },
          { type: "mcp", server_label: "x" },
        ],
      },
    },
  ],
  ["openai.chat-completions", "hosted-tools", "web_search_options", { web_search_options: {} }],
  ["openai.chat-completions", "stored-responses", "store", { store: true }],
  ["openai.chat-completions", "stored-responses", "store", { store: null }],
  ...(["openai.responses", "openai.chat-completions"] as const).flatMap(
    (api): readonly [ModelApi, ModelFeature, string, object][] => [
      [api, "stored-responses", "prompt_cache_retention", { prompt_cache_retention: "24h" }],
      [api, "stored-responses", "prompt_cache_options.ttl", { prompt_cache_options: { ttl: "24h" } }],
      [
        api,
        "previous-responses",
        "prompt_cache_options.comparison_response_id",
        { prompt_cache_options: { mode: "explicit", ttl: "30m", comparison_response_id: "resp_1" } },
      ],
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
  "fails where %s does not say store: false, as the provider would keep its answer",
  (api) => {
    const { store: _, ...body } = LEAST[api];
    expect(told(api, body)).toBe('call.feature: store is missing, and then counts as true: send "store": false');
    expect(told(api, body, { allows: ["stored-responses"] })).toBe("allowed");
  },
);
