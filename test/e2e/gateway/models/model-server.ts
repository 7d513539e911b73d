import type { ServerResponse } from "node:http";
import type { Answering } from "../recording-tool";

/** What each answer says that it used */
export const USED = 18;
const [READ, WRITTEN] = [11, 7];
export const SAID = "Hello, né 日本";

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
}

type Part = string;

/** Between two parts of a stream */
export type Pausing = () => Promise<void>;

const WITHOUT_PAUSE: Pausing = async () => undefined;

/** A provider of the three APIs, plain and streaming: it always says the same, and its usage last. */
export function answersAsModel(pause: Pausing = WITHOUT_PAUSE): Answering {
  return ({ url = "" }, response, body) => {
    const asked = JSON.parse(body.toString("utf8")) as Asked;
    const api = APIS[url.replace(/^\/base/, "")];
    if (api === undefined) return void response.writeHead(404).end();
    if (asked.stream !== true) return plain(response, api.plain(asked));
    void streamed(response, api.parts(asked), pause);
  };
}

/** A provider that answers with this status, and does nothing */
export function answersWith(status: number): Answering {
  return (_, response) => {
    const body = JSON.stringify({ type: "error", error: { type: "refused", message: "no" } });
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  };
}

interface Api {
  plain(asked: Asked): object;
  parts(asked: Asked): readonly Part[];
}

const half = Math.floor(SAID.length / 2);
const [FIRST, SECOND] = [SAID.slice(0, half), SAID.slice(half)];

const message = (asked: Asked) => ({ id: "msg_1", type: "message", role: "assistant", model: asked.model });
const event = (name: string, data: object): Part =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const data = (value: object | string): Part => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;

const MESSAGES: Api = {
  plain: (asked) => ({
    ...message(asked),
    content: [{ type: "text", text: SAID }],
    stop_reason: "end_turn",
    usage: { input_tokens: READ, output_tokens: WRITTEN },
  }),
  parts: (asked) => [
    event("message_start", {
      message: { ...message(asked), content: [], usage: { input_tokens: READ, output_tokens: 1 } },
    }) + event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...[FIRST, SECOND].map((text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: WRITTEN } }),
    event("message_stop", {}),
  ],
};

const responseOf = ({ model }: Asked, status: string) => ({ id: "resp_1", object: "response", model, status });
const USAGE = { input_tokens: READ, output_tokens: WRITTEN, total_tokens: USED };
const item = (text: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});

const RESPONSES: Api = {
  plain: (asked) => ({ ...responseOf(asked, "completed"), output: [item(SAID)], usage: USAGE }),
  parts: (asked) => [
    event("response.created", { response: { ...responseOf(asked, "in_progress"), output: [], usage: null } }),
    ...[FIRST, SECOND].map((delta) =>
      event("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta }),
    ),
    event("response.completed", {
      response: { ...responseOf(asked, "completed"), output: [item(SAID)], usage: USAGE },
    }),
  ],
};

const COUNTED = { prompt_tokens: READ, completion_tokens: WRITTEN, total_tokens: USED };
const chunk = ({ model }: Asked, choices: readonly object[]) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model,
  choices,
});

const CHAT: Api = {
  plain: ({ model }) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    model,
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: SAID } }],
    usage: COUNTED,
  }),
  parts: (asked) => [
    ...[FIRST, SECOND].map((content) => data(chunk(asked, [{ index: 0, delta: { content }, finish_reason: null }]))),
    ...(asked.stream_options?.include_usage === true ? [data({ ...chunk(asked, []), usage: COUNTED })] : []),
    data("[DONE]"),
  ],
};

const APIS: Readonly<Record<string, Api>> = {
  "/v1/messages": MESSAGES,
  "/v1/responses": RESPONSES,
  "/v1/chat/completions": CHAT,
};

function plain(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function streamed(response: ServerResponse, parts: readonly Part[], pause: Pausing): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const part of parts) {
    response.write(part);
    await pause();
  }
  response.end();
}
