import {
  addressOrData,
  all,
  byKind,
  byMember,
  data,
  free,
  listOf,
  mapOf,
  needs,
  objectOf,
  only,
  scalar,
  type Shape,
  standing,
} from "./shape";

// Tools that OpenAI runs, and what they leave in a conversation, as the reference of Responses names them.

const texts = byKind({ list: listOf(scalar), null: scalar });

const place = byKind({
  object: objectOf({ type: scalar, city: scalar, country: scalar, region: scalar, timezone: scalar }),
  null: scalar,
});

const webSearch = objectOf({
  type: scalar,
  filters: byKind({ object: objectOf({ allowed_domains: texts }), null: scalar }),
  search_content_types: listOf(scalar),
  search_context_size: scalar,
  user_location: place,
});

const fileSearch = objectOf({
  type: scalar,
  vector_store_ids: needs("file-inputs", listOf(scalar)),
  // Comparisons of attributes, within one another.
  filters: free,
  max_num_results: scalar,
  ranking_options: objectOf({ ranker: scalar, score_threshold: scalar, hybrid_search: mapOf(scalar) }),
});

const codeInterpreter = objectOf({
  type: scalar,
  allowed_callers: byKind({ list: listOf(only("direct")), null: scalar }),
  container: byKind({
    // Of one that ran before, with what it has in it.
    text: needs("previous-responses", scalar),
    object: objectOf({
      type: only("auto"),
      file_ids: needs("file-inputs", listOf(scalar)),
      memory_limit: scalar,
      network_policy: byMember("type", { disabled: objectOf({ type: scalar }) }),
    }),
  }),
});

const imageGeneration = objectOf({
  type: scalar,
  action: scalar,
  background: scalar,
  input_fidelity: scalar,
  input_image_mask: objectOf({ image_url: addressOrData, file_id: needs("file-inputs", scalar, null) }),
  model: scalar,
  moderation: scalar,
  output_compression: scalar,
  output_format: scalar,
  partial_images: scalar,
  quality: scalar,
  size: scalar,
});

export const HOSTED_TOOLS: Readonly<Record<string, Shape>> = {
  ...all(
    ["web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"],
    needs("hosted-tools", webSearch),
  ),
  file_search: needs("hosted-tools", fileSearch),
  code_interpreter: needs("hosted-tools", codeInterpreter),
  image_generation: needs("hosted-tools", imageGeneration),
};

/** Of Chat Completions, which has one hosted tool, and it is no tool there */
export const webSearchOptions: Shape = objectOf({
  search_context_size: scalar,
  user_location: byKind({
    object: objectOf({
      type: scalar,
      approximate: objectOf({ city: scalar, country: scalar, region: scalar, timezone: scalar }),
    }),
    null: scalar,
  }),
});

const called = { type: scalar, id: scalar, status: scalar };

const searched = objectOf({
  ...called,
  action: byMember("type", {
    search: objectOf({
      type: scalar,
      query: scalar,
      queries: texts,
      sources: byKind({ list: listOf(objectOf({ type: scalar, url: scalar, name: scalar })), null: scalar }),
    }),
    open_page: objectOf({ type: scalar, url: scalar }),
    find_in_page: objectOf({ type: scalar, url: scalar, pattern: scalar }),
  }),
});

const found = objectOf({
  attributes: byKind({ object: mapOf(scalar), null: scalar }),
  file_id: needs("file-inputs", scalar, null),
  filename: scalar,
  score: scalar,
  text: scalar,
});

const ran = objectOf({
  ...called,
  code: scalar,
  container_id: needs("previous-responses", scalar, null),
  outputs: byKind({
    list: listOf(
      byMember("type", {
        logs: objectOf({ type: scalar, logs: scalar }),
        image: objectOf({ type: scalar, url: addressOrData }),
      }),
    ),
    null: scalar,
  }),
});

const drawn = objectOf({
  ...called,
  result: needs("media-inputs", data, null),
  action: scalar,
  background: scalar,
  output_format: scalar,
  quality: scalar,
  revised_prompt: scalar,
  size: scalar,
});

/** `tool_search` is not among the tools, so neither are its items: what it found brings tools of every kind. */
export const HOSTED_ITEMS: Readonly<Record<string, Shape>> = {
  web_search_call: needs("hosted-tools", standing(searched, "action")),
  file_search_call: needs(
    "hosted-tools",
    standing(
      objectOf({ ...called, queries: listOf(scalar), results: byKind({ list: listOf(found), null: scalar }) }),
      "queries",
      "results",
    ),
  ),
  code_interpreter_call: needs("hosted-tools", standing(ran, "code", "outputs")),
  image_generation_call: needs("hosted-tools", standing(drawn, "result")),
};
