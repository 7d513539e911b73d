import type { ModelApi } from "../../../../domain";
import { endOf } from "../../../../runtime/authorizer/answer/end-of";
import { ModelAnswer } from "../../../../runtime/authorizer/models/answers/model-answer";

const JSON_TYPE = [["content-type", "application/json"]] as const;
const STREAM = [["content-type", "text/event-stream"]] as const;

function ended(api: ModelApi, text: string, headers: typeof JSON_TYPE | typeof STREAM, isCut = false) {
  const answer = new ModelAnswer(api);
  answer.head({ status: 200, headers });
  answer.part(Buffer.from(text), true);
  return endOf(answer, isCut);
}

const data = (value: object | string): string =>
  `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
const event = (name: string, value: object): string => `event: ${name}\n${data(value)}`;

const ANTHROPIC = { input_tokens: 10, cache_read_input_tokens: 7, output_tokens: 20 };
const RESPONSES = { input_tokens: 17, output_tokens: 20, total_tokens: 37 };
const CHAT = { prompt_tokens: 17, completion_tokens: 20, total_tokens: 37 };
const STREAMS = {
  "anthropic.messages":
    event("message_start", { message: { usage: ANTHROPIC } }) +
    event("message_delta", { usage: { output_tokens: 20 } }) +
    event("message_stop", {}),
  "openai.responses": data({ type: "response.completed", response: { usage: RESPONSES } }),
  "openai.chat-completions": data({ usage: CHAT }) + data("[DONE]"),
} as const;

test.each([
  ["anthropic.messages", { usage: ANTHROPIC }],
  ["openai.responses", { status: "completed", usage: RESPONSES }],
  ["openai.chat-completions", { usage: CHAT }],
] as const)("%s: what the model wrote is told apart from what it read, as a whole and as a stream", (api, body) => {
  const told = { outcome: "succeeded", used: 37, written: 20 };
  expect(ended(api, JSON.stringify(body), JSON_TYPE)).toEqual(told);
  expect(ended(api, STREAMS[api], STREAM)).toEqual(told);
});

test.each([
  ["the provider did not say it", "anthropic.messages", { usage: { input_tokens: 3 } }],
  ["it is no count", "openai.responses", { status: "completed", usage: { input_tokens: 3, output_tokens: -1 } }],
  ["the sum is not known", "openai.chat-completions", { usage: { completion_tokens: 3 } }],
  ["there is no usage", "openai.chat-completions", {}],
] as const)("fails to know what was written where %s", (_, api, body) => {
  expect(ended(api, JSON.stringify(body), JSON_TYPE)).toMatchObject({ used: undefined, written: undefined });
});

test("fails to know what was written of a stream that breaks off", () => {
  const [begun = ""] = STREAMS["anthropic.messages"].split("event: message_stop");
  expect(ended("anthropic.messages", begun, STREAM, true)).toEqual({ outcome: "unknown" });
});
