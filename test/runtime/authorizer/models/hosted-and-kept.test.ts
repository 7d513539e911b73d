import type { ModelApi, ModelFeature } from "../../../../domain";
import { told, withMember } from "../../../support/model-requests";

const anthropicSays = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const responsesSays = (...content: readonly object[]) => ({ input: [{ role: "user", content }] });
const chatSays = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
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

test("items of hosted tools in a conversation are sent back unchanged", () => {
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
])("fails for %s that names a kept item by its id, and passes with previous-responses", (_, item, missing) => {
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
])("%j passes, as it says all of itself", (item) => {
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
