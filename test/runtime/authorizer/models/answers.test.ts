import fc from "fast-check";
import type { ModelApi } from "../../../../domain";
import { ModelAnswer } from "../../../../runtime/authorizer/models/answers/model-answer";
import { HeldBytes } from "../../../../runtime/authorizer/held-bytes";
import { depth } from "../../../support/depth";

const STREAM = [["content-type", "text/event-stream; charset=utf-8"]] as const;
const JSON_TYPE = [["content-type", "application/json"]] as const;

interface Seen {
  readonly used: number | undefined;
  readonly outcome: string;
}

/** What a reader makes of an answer in these parts */
function seen(
  api: ModelApi,
  parts: readonly Uint8Array[],
  { status = 200, headers = STREAM as readonly (readonly [string, string])[], isCut = false } = {},
): Seen {
  const answer = new ModelAnswer(api);
  if (answer.head({ status, headers }) === "parts") {
    for (const part of parts) expect(answer.part(part, false)).toBeUndefined();
    if (!isCut) answer.part(new Uint8Array(), true);
  }
  return { used: answer.used(), outcome: answer.outcome(isCut) };
}

const eventOf = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const dataOf = (data: object | string) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

const MESSAGES =
  eventOf("message_start", {
    type: "message_start",
    message: {
      usage: { input_tokens: 10, cache_creation_input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 1 },
    },
  }) +
  eventOf("content_block_delta", { delta: { text: 'né 日本 "usage":{"output_tokens":999}\n\nevent: message_stop' } }) +
  ": a comment\n\n" +
  eventOf("message_delta", { type: "message_delta", usage: { input_tokens: null, output_tokens: 20 } }) +
  eventOf("message_stop", { type: "message_stop" });
const RESPONSES =
  eventOf("response.created", { type: "response.created", response: { status: "in_progress", usage: null } }) +
  eventOf("response.output_text.delta", { type: "response.output_text.delta", delta: "🙂 response.completed" }) +
  eventOf("response.completed", {
    type: "response.completed",
    response: { usage: { input_tokens: 17, output_tokens: 20, total_tokens: 37 } },
  });
const CHAT =
  dataOf({ choices: [{ delta: { content: "né [DONE]" } }], usage: null }) +
  dataOf({ choices: [], usage: { prompt_tokens: 17, completion_tokens: 20, total_tokens: 37 } }) +
  dataOf("[DONE]");

const STREAMS: readonly (readonly [ModelApi, string])[] = [
  ["anthropic.messages", MESSAGES],
  ["openai.responses", RESPONSES],
  ["openai.chat-completions", CHAT],
];
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

test.each(STREAMS)(
  "%s: a stream's usage is read wherever it is cut into parts, and however its lines end",
  (api, text) => {
    fc.assert(
      fc.property(
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.array(fc.nat({ max: text.length * 2 }), { maxLength: 30 }),
        (end, cuts) => {
          const bytes = bytesOf(text.replaceAll("\n", end));
          const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])];
          places.sort((one, other) => one - other);
          const parts = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
          expect(seen(api, parts)).toEqual({ used: 37, outcome: "succeeded" });
        },
      ),
      { numRuns: depth(60) },
    );
  },
);

test.each(STREAMS)("%s: a stream byte by byte is read as at once", (api, text) => {
  const bytes = bytesOf(text);
  expect(
    seen(
      api,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    ),
  ).toEqual({ used: 37, outcome: "succeeded" });
});

test.each(STREAMS)(
  "%s: fails to know the usage of a stream that is cut anywhere before its last event",
  (api, text) => {
    const bytes = bytesOf(text);
    const last = Buffer.from(text).lastIndexOf(api === "anthropic.messages" ? "event: message_stop" : "data: ");
    for (let length = 0; length < last; length += 1) {
      expect(seen(api, [bytes.subarray(0, length)], { isCut: true })).toEqual({ used: undefined, outcome: "unknown" });
    }
    expect(seen(api, [bytes], { isCut: true })).toEqual({ used: 37, outcome: "succeeded" });
  },
);

test.each<[string, ModelApi, string, Seen]>([
  [
    "a Chat stream that was not asked for usage",
    "openai.chat-completions",
    dataOf({ choices: [{ delta: {} }] }) + dataOf("[DONE]"),
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "a stream that ends without its last event",
    "openai.chat-completions",
    CHAT.replace("data: [DONE]\n\n", ""),
    { used: undefined, outcome: "unknown" },
  ],
  [
    "an error in the stream",
    "anthropic.messages",
    MESSAGES.replace("event: message_delta", "event: error"),
    { used: undefined, outcome: "failed" },
  ],
  [
    "a response that failed",
    "openai.responses",
    eventOf("response.failed", { type: "response.failed", response: { usage: null } }),
    { used: undefined, outcome: "failed" },
  ],
  [
    "usage below zero",
    "openai.responses",
    RESPONSES.replace('"output_tokens":20', '"output_tokens":-20'),
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "usage that is no number",
    "anthropic.messages",
    MESSAGES.replace('"output_tokens":20', '"output_tokens":"20"'),
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "more tokens than are ever counted",
    "openai.responses",
    RESPONSES.replace("17", "2000000000000000"),
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "an event longer than is read",
    "openai.responses",
    `data: ${"x".repeat(1_050_000)}\n\n${RESPONSES}`,
    { used: undefined, outcome: "unknown" },
  ],
])("fails to know the usage of %s", (_, api, text, expected) => {
  expect(seen(api, [bytesOf(text)])).toEqual(expected);
});

test("the total counts where it is larger than the sum of its parts", () => {
  expect(seen("openai.responses", [bytesOf(RESPONSES.replace("37", "40"))])).toMatchObject({ used: 40 });
});

const ANSWERS: readonly (readonly [ModelApi, object])[] = [
  [
    "anthropic.messages",
    { type: "message", usage: { input_tokens: 10, cache_read_input_tokens: 7, output_tokens: 20 } },
  ],
  ["openai.responses", { status: "completed", usage: { input_tokens: 17, output_tokens: 20, total_tokens: 37 } }],
  ["openai.chat-completions", { choices: [], usage: { prompt_tokens: 17, completion_tokens: 20, total_tokens: 37 } }],
];

test.each(ANSWERS)("%s: a plain answer's usage is read", (api, answer) => {
  const bytes = bytesOf(JSON.stringify(answer));
  const parts = [bytes.subarray(0, 9), bytes.subarray(9)];
  expect(seen(api, parts, { headers: JSON_TYPE })).toEqual({ used: 37, outcome: "succeeded" });
  expect(seen(api, parts, { headers: JSON_TYPE, isCut: true })).toEqual({ used: undefined, outcome: "unknown" });
});

test.each<[string, string | object, readonly (readonly [string, string])[], Seen]>([
  ["has none", { status: "completed" }, JSON_TYPE, { used: undefined, outcome: "succeeded" }],
  ["has half of it", { usage: { input_tokens: 1 } }, JSON_TYPE, { used: undefined, outcome: "succeeded" }],
  ["is no JSON", "{", JSON_TYPE, { used: undefined, outcome: "unknown" }],
  [
    "goes on in the background",
    { status: "queued", usage: { input_tokens: 0, output_tokens: 0 } },
    JSON_TYPE,
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "is encoded",
    { usage: { input_tokens: 0, output_tokens: 0 } },
    [...JSON_TYPE, ["content-encoding", "gzip"]],
    { used: undefined, outcome: "succeeded" },
  ],
  [
    "is of another type",
    { usage: { input_tokens: 0, output_tokens: 0 } },
    [["content-type", "text/plain"]],
    { used: undefined, outcome: "succeeded" },
  ],
])("fails to know the usage of an answer that %s", (_, answer, headers, expected) => {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  expect(seen("openai.responses", [bytesOf(text)], { headers })).toEqual(expected);
});

test.each<[number, Seen]>([
  [400, { used: 0, outcome: "failed" }],
  [401, { used: 0, outcome: "failed" }],
  [429, { used: 0, outcome: "failed" }],
  [408, { used: undefined, outcome: "failed" }],
  [409, { used: undefined, outcome: "failed" }],
  [499, { used: undefined, outcome: "failed" }],
  [302, { used: undefined, outcome: "unknown" }],
  [500, { used: undefined, outcome: "unknown" }],
  [529, { used: undefined, outcome: "unknown" }],
])("an answer of %d", (status, expected) => {
  const usage = { usage: { input_tokens: 0, output_tokens: 0 } };
  expect(seen("openai.responses", [bytesOf(JSON.stringify(usage))], { status, headers: JSON_TYPE })).toEqual(expected);
});

describe("memory of all answers together", () => {
  const text = JSON.stringify({ usage: { input_tokens: 17, output_tokens: 20 } });
  const [first, last] = [bytesOf(text.slice(0, 9)), bytesOf(text.slice(9))];
  const begun = (held: HeldBytes, headers: readonly (readonly [string, string])[] = JSON_TYPE): ModelAnswer => {
    const answer = new ModelAnswer("openai.responses", held);
    answer.head({ status: 200, headers });
    return answer;
  };

  test("fails to know the usage of an answer for which no room is left, and knows the next one's", () => {
    const held = new HeldBytes(300);
    const [one, other] = [begun(held), begun(held)];
    for (const answer of [one, other]) answer.part(new Uint8Array(200).fill(32), false);
    for (const answer of [one, other]) answer.part(bytesOf("1"), true);
    expect([one.outcome(false), other.outcome(false)]).toEqual(["unknown", "unknown"]);
    expect(held.takes(300)).toBe(true);
    held.release(300);
    const next = begun(held);
    next.part(first, false);
    next.part(last, true);
    expect([next.used(), next.outcome(false)]).toEqual([37, "succeeded"]);
  });

  test.each([JSON_TYPE, STREAM])("an answer of %j that breaks off gives back what it kept", (...headers) => {
    const held = new HeldBytes(2_000);
    const answer = begun(held, headers);
    answer.part(bytesOf(`data: ${"x".repeat(600)}`), false);
    expect(held.takes(1_500)).toBe(false);
    expect(answer.outcome(true)).toBe("unknown");
    expect(held.takes(2_000)).toBe(true);
  });

  test("a line without an end is not read past its bound, in however many parts it comes", () => {
    const held = new HeldBytes(3_000_000);
    const answer = begun(held, STREAM);
    for (let part = 0; part < 1_100; part += 1) answer.part(new Uint8Array(1_024).fill(97), false);
    expect(held.takes(3_000_000)).toBe(true);
    expect(answer.used()).toBeUndefined();
  });
});
