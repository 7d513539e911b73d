import { cacheBreakpoint, cacheOptions, cacheRetention } from "./openai-caching";
import { webSearchOptions } from "./openai-hosted";
import {
  addressOrData,
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
  scalar,
  type Shape,
} from "./shape";

// https://platform.openai.com/docs/api-reference/chat/create: what is named there, and acts nowhere but in the model's answer.

const text = objectOf({ type: scalar, text: scalar, prompt_cache_breakpoint: cacheBreakpoint });
const texts = byKind({ text: scalar, list: listOf(byMember("type", { text })) });
const said = { role: scalar, name: scalar };

const message = byMember("role", {
  developer: objectOf({ ...said, content: texts }),
  system: objectOf({ ...said, content: texts }),
  user: objectOf({
    ...said,
    content: byKind({
      text: scalar,
      list: listOf(
        byMember("type", {
          text,
          image_url: objectOf({ type: scalar, image_url: objectOf({ url: addressOrData, detail: scalar }) }),
          input_audio: needs(
            "media-inputs",
            objectOf({ type: scalar, input_audio: objectOf({ data, format: scalar }) }),
          ),
          file: objectOf({
            type: scalar,
            file: objectOf({
              filename: scalar,
              file_data: needs("media-inputs", data, null),
              file_id: needs("file-inputs", scalar, null),
            }),
          }),
        }),
      ),
    }),
  }),
  assistant: objectOf({
    ...said,
    content: byKind({
      text: scalar,
      null: scalar,
      list: listOf(byMember("type", { text, refusal: objectOf({ type: scalar, refusal: scalar }) })),
    }),
    refusal: scalar,
    annotations: free,
    audio: only(null),
    function_call: byKind({ object: objectOf({ name: scalar, arguments: scalar }), null: scalar }),
    tool_calls: listOf(
      byMember("type", {
        function: objectOf({ type: scalar, id: scalar, function: objectOf({ name: scalar, arguments: scalar }) }),
        custom: objectOf({ type: scalar, id: scalar, custom: objectOf({ name: scalar, input: scalar }) }),
      }),
    ),
  }),
  tool: objectOf({ role: scalar, tool_call_id: scalar, content: texts }),
  function: objectOf({ ...said, content: scalar }),
});

const tool = byMember("type", {
  function: objectOf({
    type: scalar,
    function: objectOf({ name: scalar, description: scalar, parameters: free, strict: scalar }),
  }),
  custom: objectOf({
    type: scalar,
    custom: objectOf({ name: scalar, description: scalar, format: free }),
  }),
});

const choice = byMember("type", {
  function: objectOf({ type: scalar, function: objectOf({ name: scalar }) }),
  custom: objectOf({ type: scalar, custom: objectOf({ name: scalar }) }),
  allowed_tools: objectOf({
    type: scalar,
    allowed_tools: objectOf({ mode: scalar, tools: listOf(tool) }),
  }),
});

export const openaiChatCompletions: Shape = objectOf({
  model: scalar,
  messages: listOf(message),
  max_tokens: scalar,
  max_completion_tokens: scalar,
  stream: flag,
  stream_options: byKind({ object: objectOf({ include_usage: flag, include_obfuscation: scalar }), null: scalar }),
  // Each of several answers would have the output limit for itself.
  n: only(1, null),
  temperature: scalar,
  top_p: scalar,
  stop: byKind({ text: scalar, list: listOf(scalar), null: scalar }),
  frequency_penalty: scalar,
  presence_penalty: scalar,
  logit_bias: byKind({ object: mapOf(scalar), null: scalar }),
  logprobs: scalar,
  top_logprobs: scalar,
  seed: scalar,
  user: scalar,
  safety_identifier: scalar,
  reasoning_effort: scalar,
  verbosity: scalar,
  service_tier: scalar,
  prompt_cache_key: scalar,
  prompt_cache_retention: cacheRetention,
  prompt_cache_options: cacheOptions,
  modalities: byKind({ list: listOf(only("text")), null: scalar }),
  response_format: byMember("type", {
    text: objectOf({ type: scalar }),
    json_object: objectOf({ type: scalar }),
    json_schema: objectOf({
      type: scalar,
      json_schema: objectOf({ name: scalar, description: scalar, schema: free, strict: scalar }),
    }),
  }),
  tools: listOf(tool),
  tool_choice: byKind({ text: scalar, object: choice }),
  parallel_tool_calls: scalar,
  functions: listOf(objectOf({ name: scalar, description: scalar, parameters: free })),
  function_call: byKind({ text: scalar, object: objectOf({ name: scalar }) }),
  metadata: byKind({ object: mapOf(scalar), null: scalar }),
  // Left out, or null, it is what the account is set to, and of new accounts that is true.
  store: needs("stored-responses", flag, false),
  web_search_options: needs("hosted-tools", webSearchOptions, null),
});
