import { all, byKind, byMember, flag, free, listOf, needs, objectOf, only, scalar, type Shape } from "./shape";

// Tools that Anthropic runs, and the blocks that they leave in a conversation, as the reference of Messages names them.

const texts = byKind({ list: listOf(scalar), null: scalar });

/**
 * For all hosted tools: the provider validates their members, because none of them names anything to store or fetch.
 */
const tool = (more: Readonly<Record<string, Shape>>): Shape =>
  objectOf({
    type: scalar,
    name: scalar,
    strict: scalar,
    defer_loading: scalar,
    allowed_callers: listOf(scalar),
    allowed_domains: texts,
    blocked_domains: texts,
    max_uses: scalar,
    max_content_tokens: scalar,
    response_inclusion: scalar,
    use_cache: flag,
    citations: byKind({ object: objectOf({ enabled: flag }), null: scalar }),
    user_location: byKind({
      object: objectOf({ type: scalar, city: scalar, country: scalar, region: scalar, timezone: scalar }),
      null: scalar,
    }),
    ...more,
  });

export function hostedTools(caching: Readonly<Record<string, Shape>>): Readonly<Record<string, Shape>> {
  return all(
    [
      "web_search_20250305",
      "web_search_20260209",
      "web_search_20260318",
      "web_fetch_20250910",
      "web_fetch_20260209",
      "web_fetch_20260309",
      "web_fetch_20260318",
      "code_execution_20250522",
      "code_execution_20250825",
      "code_execution_20260120",
      "code_execution_20260521",
      "tool_search_tool_regex_20251119",
      "tool_search_tool_bm25_20251119",
    ],
    needs("hosted-tools", tool(caching)),
  );
}

/** The model, or a program of it that runs at the provider */
const caller = byKind({ object: objectOf({ type: scalar, tool_id: scalar }), null: scalar });
const failed = objectOf({ type: scalar, error_code: scalar, error_message: scalar });
const made = listOf(objectOf({ type: scalar, file_id: needs("file-inputs", scalar, null) }));
const ran = objectOf({
  type: scalar,
  return_code: scalar,
  stdout: scalar,
  encrypted_stdout: scalar,
  stderr: scalar,
  content: made,
});

/** @param document as the page that was fetched comes back */
export function hostedBlocks(
  document: Shape,
  caching: Readonly<Record<string, Shape>>,
): Readonly<Record<string, Shape>> {
  const result = (content: Shape): Shape =>
    needs("hosted-tools", objectOf({ type: scalar, tool_use_id: scalar, caller, content, ...caching }));
  return {
    server_tool_use: needs(
      "hosted-tools",
      objectOf({ type: scalar, id: scalar, name: scalar, input: free, caller, ...caching }),
    ),
    web_search_tool_result: result(
      byKind({
        list: listOf(
          objectOf({ type: scalar, encrypted_content: scalar, title: scalar, url: scalar, page_age: scalar }),
        ),
        object: failed,
      }),
    ),
    web_fetch_tool_result: result(
      byMember("type", {
        web_fetch_result: objectOf({
          type: scalar,
          url: scalar,
          retrieved_at: scalar,
          content: byMember("type", { document }),
        }),
        web_fetch_tool_result_error: failed,
      }),
    ),
    code_execution_tool_result: result(
      byMember("type", {
        code_execution_result: ran,
        encrypted_code_execution_result: ran,
        code_execution_tool_result_error: failed,
      }),
    ),
    bash_code_execution_tool_result: result(
      byMember("type", { bash_code_execution_result: ran, bash_code_execution_tool_result_error: failed }),
    ),
    text_editor_code_execution_tool_result: result(
      byMember("type", {
        text_editor_code_execution_view_result: objectOf({
          type: scalar,
          content: scalar,
          file_type: scalar,
          num_lines: scalar,
          start_line: scalar,
          total_lines: scalar,
        }),
        text_editor_code_execution_create_result: objectOf({ type: scalar, is_file_update: flag }),
        text_editor_code_execution_str_replace_result: objectOf({
          type: scalar,
          lines: texts,
          new_lines: scalar,
          new_start: scalar,
          old_lines: scalar,
          old_start: scalar,
        }),
        text_editor_code_execution_tool_result_error: failed,
      }),
    ),
    tool_search_tool_result: result(
      byMember("type", {
        tool_search_tool_search_result: objectOf({
          type: scalar,
          tool_references: listOf(objectOf({ type: scalar, tool_name: scalar, ...caching })),
        }),
        tool_search_tool_result_error: failed,
      }),
    ),
  };
}

const kept = needs("previous-responses", scalar, null);

/** Where code runs: a new one, or one that ran before, with what it has in it */
export const container: Shape = needs(
  "hosted-tools",
  byKind({
    text: kept,
    object: objectOf({
      id: kept,
      skills: byKind({
        list: listOf(
          byMember("type", {
            anthropic: objectOf({ type: only("anthropic"), skill_id: scalar, version: scalar }),
            custom: needs("file-inputs", objectOf({ type: scalar, skill_id: scalar, version: scalar })),
          }),
        ),
        null: scalar,
      }),
    }),
  }),
  null,
);
