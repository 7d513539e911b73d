import { cacheBreakpoint, cacheOptions, cacheRetention } from "./openai-caching";
import { HOSTED_ITEMS, HOSTED_TOOLS } from "./openai-hosted";
import {
  addressOrData,
  all,
  byKind,
  byMember,
  data,
  flag,
  free,
  listOf,
  mapOf,
  needs,
  objectOf,
  only,
  saysBy,
  scalar,
  standing,
  type Shape,
} from "./shape";

// https://platform.openai.com/docs/api-reference/responses/create: what is named there, and acts nowhere but in the model's answer.

const caching = { prompt_cache_breakpoint: cacheBreakpoint };
/** The model itself, and no program that runs at the provider */
const caller = byKind({ object: objectOf({ type: only("direct") }), null: scalar });
const callers = byKind({ list: listOf(only("direct")), null: scalar });

const part = byMember("type", {
  input_text: objectOf({ type: scalar, text: scalar, ...caching }),
  output_text: objectOf({ type: scalar, text: scalar, annotations: free, logprobs: free }),
  refusal: objectOf({ type: scalar, refusal: scalar }),
  input_image: objectOf({
    type: scalar,
    detail: scalar,
    ...caching,
    image_url: addressOrData,
    file_id: needs("file-inputs", scalar, null),
  }),
  input_file: objectOf({
    type: scalar,
    filename: scalar,
    detail: scalar,
    ...caching,
    file_data: needs("media-inputs", data, null),
    file_url: needs("url-inputs", scalar, null),
    file_id: needs("file-inputs", scalar, null),
  }),
  input_audio: needs("media-inputs", objectOf({ type: scalar, input_audio: objectOf({ data, format: scalar }) })),
});
const content = byKind({ text: scalar, list: listOf(part) });

const message = standing(
  objectOf(
    {
      type: only("message"),
      id: scalar,
      status: scalar,
      phase: scalar,
      role: only("user", "assistant", "system", "developer"),
      content,
    },
    // An item of an id alone means one that the provider keeps.
    ["role"],
  ),
  "content",
);
const called = { type: scalar, id: scalar, call_id: scalar, status: scalar, caller };

const item = byMember(
  "type",
  {
    message,
    function_call: standing(objectOf({ ...called, name: scalar, arguments: scalar }), "call_id", "name", "arguments"),
    function_call_output: standing(objectOf({ ...called, output: content }, ["output"]), "call_id"),
    custom_tool_call: standing(
      objectOf({ ...called, name: scalar, input: byKind({ text: scalar }) }, ["input"]),
      "call_id",
      "name",
    ),
    custom_tool_call_output: standing(objectOf({ ...called, output: content }, ["output"]), "call_id"),
    // Its text is of no use to the provider: it goes on by what is encrypted, or by what it keeps.
    reasoning: saysBy(
      objectOf({
        type: scalar,
        id: scalar,
        status: scalar,
        encrypted_content: scalar,
        summary: listOf(objectOf({ type: scalar, text: scalar })),
        content: byKind({ list: listOf(objectOf({ type: scalar, text: scalar })), null: scalar }),
      }),
      "encrypted_content",
    ),
    ...HOSTED_ITEMS,
    ...all(["mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response"], needs("connectors")),
    item_reference: needs("previous-responses"),
  },
  message,
);

const ownTools = {
  function: objectOf({
    type: scalar,
    name: scalar,
    description: scalar,
    parameters: free,
    output_schema: free,
    strict: scalar,
    allowed_callers: callers,
  }),
  custom: objectOf({
    type: scalar,
    name: scalar,
    description: scalar,
    allowed_callers: callers,
    format: byMember("type", {
      text: objectOf({ type: scalar }),
      grammar: objectOf({ type: scalar, syntax: scalar, definition: scalar }),
    }),
  }),
};
const tool = byMember("type", { ...ownTools, ...HOSTED_TOOLS, mcp: needs("connectors") });

const named = objectOf({ type: scalar, name: scalar });
const hosted = {
  ...all(Object.keys(HOSTED_TOOLS), needs("hosted-tools", objectOf({ type: scalar }))),
  mcp: needs("connectors"),
};
const allowed = listOf(byMember("type", { ...ownTools, ...hosted }));
const choice = byMember("type", {
  function: named,
  custom: named,
  ...hosted,
  allowed_tools: objectOf({ type: scalar, mode: scalar, tools: allowed }),
});

const IN_THE_ANSWER = ["reasoning.encrypted_content", "message.output_text.logprobs"] as const;

export const openaiResponses: Shape = objectOf({
  model: scalar,
  input: byKind({ text: scalar, list: listOf(item) }),
  instructions: scalar,
  max_output_tokens: scalar,
  stream: flag,
  stream_options: byKind({ object: objectOf({ include_obfuscation: scalar }), null: scalar }),
  temperature: scalar,
  top_p: scalar,
  top_logprobs: scalar,
  truncation: scalar,
  tools: listOf(tool),
  tool_choice: byKind({ text: scalar, object: choice }),
  parallel_tool_calls: scalar,
  max_tool_calls: scalar,
  reasoning: byKind({ object: objectOf({ effort: scalar, summary: scalar, generate_summary: scalar }), null: scalar }),
  text: objectOf({
    verbosity: scalar,
    format: byMember("type", {
      text: objectOf({ type: scalar }),
      json_object: objectOf({ type: scalar }),
      json_schema: objectOf({ type: scalar, name: scalar, description: scalar, schema: free, strict: scalar }),
    }),
  }),
  include: byKind({
    list: listOf((value, path, allows) =>
      (IN_THE_ANSWER as readonly unknown[]).includes(value)
        ? undefined
        : needs("hosted-tools", scalar)(value, path, allows),
    ),
    null: scalar,
  }),
  metadata: byKind({ object: mapOf(scalar), null: scalar }),
  user: scalar,
  safety_identifier: scalar,
  prompt_cache_key: scalar,
  prompt_cache_retention: cacheRetention,
  prompt_cache_options: cacheOptions,
  service_tier: scalar,
  // Left out it is true.
  store: needs("stored-responses", flag, false),
  previous_response_id: needs("previous-responses", scalar, null),
  conversation: needs("previous-responses", byKind({ text: scalar, object: objectOf({ id: scalar }) }), null),
  background: needs("background", flag, false, null),
});
