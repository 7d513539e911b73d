import { container, hostedBlocks, hostedTools } from "./anthropic-hosted";
import { all, byKind, byMember, flag, free, listOf, needs, objectOf, only, scalar, type Shape } from "./shape";

// https://docs.claude.com/en/api/messages: what is named there, and acts nowhere but in the model's answer.

const caching = { cache_control: byKind({ object: objectOf({ type: scalar, ttl: scalar }), null: scalar }) };
const citing = { citations: byKind({ object: objectOf({ enabled: flag }), null: scalar }) };

/** Of an answer that is sent back, with what it cited */
const cited = { citations: byKind({ list: free, null: scalar }) };
const text = objectOf({ type: scalar, text: scalar, ...caching, ...cited });

const within = needs("media-inputs", objectOf({ type: scalar, media_type: scalar, data: scalar }));
const elsewhere = {
  url: needs("url-inputs", objectOf({ type: scalar, url: scalar })),
  file: needs("file-inputs", objectOf({ type: scalar, file_id: scalar })),
};
const image = objectOf({ type: scalar, source: byMember("type", { base64: within, ...elsewhere }), ...caching });
const contents = byKind({ text: scalar, list: listOf(byMember("type", { text, image })) });
const document = objectOf({
  type: scalar,
  source: byMember("type", {
    text: objectOf({ type: scalar, media_type: scalar, data: scalar }),
    content: objectOf({ type: scalar, content: contents }),
    base64: within,
    ...elsewhere,
  }),
  title: scalar,
  context: scalar,
  ...citing,
  ...caching,
});
const searchResult = objectOf({
  type: scalar,
  source: scalar,
  title: scalar,
  content: listOf(byMember("type", { text })),
  ...citing,
  ...caching,
});

const given = { text, image, document, search_result: searchResult };

const block = byMember("type", {
  ...given,
  thinking: objectOf({ type: scalar, thinking: scalar, signature: scalar }),
  redacted_thinking: objectOf({ type: scalar, data: scalar }),
  tool_use: objectOf({
    type: scalar,
    id: scalar,
    name: scalar,
    input: free,
    caller: objectOf({ type: only("direct") }),
    toolset_name: only(null),
    ...caching,
  }),
  tool_result: objectOf({
    type: scalar,
    tool_use_id: scalar,
    is_error: scalar,
    content: byKind({ text: scalar, list: listOf(byMember("type", given)) }),
    ...caching,
  }),
  ...hostedBlocks(document, caching),
  ...all(["mcp_tool_use", "mcp_tool_result"], needs("connectors")),
  container_upload: needs("file-inputs", objectOf({ type: scalar, file_id: scalar, ...caching })),
});

const said = objectOf({ role: scalar, content: byKind({ text: scalar, list: listOf(block) }) });
const message = byMember("role", {
  user: said,
  assistant: said,
  system: objectOf({ role: scalar, content: byKind({ text: scalar, list: listOf(byMember("type", { text })) }) }),
});

/** The agent's own: the model asks for it, and the agent calls it */
const custom = objectOf({
  type: scalar,
  name: scalar,
  description: scalar,
  input_schema: free,
  input_examples: free,
  strict: scalar,
  eager_input_streaming: scalar,
  allowed_callers: listOf(only("direct")),
  ...caching,
});

const tool = byMember(
  "type",
  {
    custom,
    ...hostedTools(caching),
    mcp_toolset: needs("connectors"),
  },
  custom,
);

const format = byKind({ object: objectOf({ type: scalar, schema: free }), null: scalar });

export const anthropicMessages: Shape = objectOf({
  model: scalar,
  max_tokens: scalar,
  stream: flag,
  system: byKind({ text: scalar, list: listOf(byMember("type", { text })) }),
  messages: listOf(message),
  tools: listOf(tool),
  tool_choice: objectOf({ type: only("auto", "any", "tool", "none"), name: scalar, disable_parallel_tool_use: scalar }),
  thinking: objectOf({ type: scalar, budget_tokens: scalar, display: scalar }),
  output_config: objectOf({ effort: scalar, format }),
  output_format: format,
  stop_sequences: listOf(scalar),
  temperature: scalar,
  top_k: scalar,
  top_p: scalar,
  metadata: objectOf({ user_id: scalar }),
  service_tier: scalar,
  inference_geo: scalar,
  ...caching,
  container,
  mcp_servers: needs("connectors"),
});
