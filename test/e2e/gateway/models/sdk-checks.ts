import Anthropic from "@anthropic-ai/sdk";
import { deepStrictEqual as equal } from "node:assert";
import { join } from "node:path";
import OpenAI from "openai";
import { succeed } from "../../harness/process";
import { pythonWith } from "../../harness/python";
import type { Check, Suite } from "../../harness/suite";
import { arrivals } from "../call-checks";
import type { Beside } from "../companion-checks";
import type { GatewayWorld } from "../gateway-world";
import { type Arrived, valueOf } from "../recording-tool";
import { ROBOT_KEY } from "../secret-server";
import { answersAsModel, SAID } from "./model-server";

const SDKS = join(__dirname, "../../engines/model-sdks");
/** Of both of Anthropic's SDKs */
const API_VERSION = "2026-10-21";
const ASKED = [{ role: "user" as const, content: "hello" }];
const EACH = {
  messages: SAID,
  "messages stream": SAID,
  responses: SAID,
  "responses stream": SAID,
  chat: SAID,
  "chat stream": SAID,
};

/** An agent's code has an official SDK and a base URL, and a key that goes nowhere. */
export function sdkChecks(suite: Suite, world: Check<GatewayWorld>, companion: Check<Beside>): void {
  suite.check(
    "models: the official SDKs of Node ask by base URL alone, plain and streaming",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "chat", "ada", "tool:llm");
      at.tool.answering = answersAsModel();
      const arrived = await arrivals(at, async () => {
        equal(await askedByNode(`${beside.url}/v1/runs/${id}/tools/llm`), EACH);
      }).finally(() => at.tool.answeringAsEver());
      asTheGatewaySends(arrived);
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );

  const python = suite.check("the official SDKs of Python are there", [], () => pythonWith("model SDKs", SDKS));
  suite.check(
    "models: the official SDKs of Python ask by base URL alone, plain and streaming",
    [world, companion, python],
    async ([at, beside, program]) => {
      const id = await beside.begin(at, "chat", "bea", "tool:llm");
      at.tool.answering = answersAsModel();
      const arrived = await arrivals(at, async () => {
        const base = `${beside.url}/v1/runs/${id}/tools/llm`;
        const { stdout } = await succeed(program, [join(__dirname, "ask.py"), base]);
        equal(JSON.parse(stdout), EACH);
      }).finally(() => at.tool.answeringAsEver());
      asTheGatewaySends(arrived);
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );

  suite.check(
    "models: a stream reaches the agent part by part: the next one is sent when it has read the last",
    [world, companion],
    async ([at, beside]) => {
      const id = await beside.begin(at, "chat", "cid", "tool:llm");
      let goOn = (): void => undefined;
      at.tool.answering = answersAsModel(() => new Promise((resolve) => (goOn = resolve)));
      try {
        const client = openai(`${beside.url}/v1/runs/${id}/tools/llm`);
        const stream = await client.responses.create({ ...RESPONSE, stream: true });
        const types: string[] = [];
        for await (const { type } of stream) {
          types.push(type);
          goOn();
        }
        const delta = "response.output_text.delta";
        equal(types, ["response.created", delta, delta, "response.completed"]);
      } finally {
        at.tool.answeringAsEver();
      }
      await fetch(`${beside.url}/v1/runs/${id}`, { method: "DELETE" });
    },
  );
}

const RESPONSE = { model: "m-1", max_output_tokens: 100, input: "hello", store: false } as const;

function openai(base: string): OpenAI {
  return new OpenAI({ baseURL: `${base}/v1`, apiKey: "agents-own-key", organization: "agents-own", maxRetries: 0 });
}

async function askedByNode(base: string): Promise<object> {
  const claude = new Anthropic({ baseURL: base, apiKey: "agents-own-key", maxRetries: 0 });
  const gpt = openai(base);
  const message = { model: "m-1", max_tokens: 100, messages: ASKED };
  const chat = { model: "m-1", max_completion_tokens: 100, messages: ASKED, store: false };
  const [content] = (await claude.messages.create(message)).content;
  const whole = await gpt.responses.create(RESPONSE);
  const completion = await gpt.chat.completions.create(chat);
  let written = "";
  for await (const event of await gpt.responses.create({ ...RESPONSE, stream: true })) {
    if (event.type === "response.output_text.delta") written += event.delta;
  }
  let chatted = "";
  const options = { stream: true, stream_options: { include_usage: true } } as const;
  for await (const { choices } of await gpt.chat.completions.create({ ...chat, ...options })) {
    chatted += choices[0]?.delta.content ?? "";
  }
  return {
    messages: content?.type === "text" ? content.text : undefined,
    "messages stream": await claude.messages.stream(message).finalText(),
    responses: whole.output_text,
    "responses stream": written,
    chat: completion.choices[0]?.message.content,
    "chat stream": chatted,
  };
}

/** Each of the six once, with the tool's own credential and nothing of the agent's */
function asTheGatewaySends(arrived: readonly Arrived[]): void {
  equal(arrived.map(({ path }) => path).sort(), [
    "/base/v1/chat/completions",
    "/base/v1/chat/completions",
    "/base/v1/messages",
    "/base/v1/messages",
    "/base/v1/responses",
    "/base/v1/responses",
  ]);
  for (const one of arrived) {
    const version = one.path.endsWith("/messages") ? API_VERSION : undefined;
    equal([valueOf(one, "authorization"), valueOf(one, "anthropic-version")], [`Bearer ${ROBOT_KEY}`, version]);
    const names = one.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    equal(
      names.filter((name) => /^(x-api-key|openai-|x-stainless-|cookie)/.test(name)),
      [],
    );
    equal(one.headers.includes("agents-own-key"), false);
  }
}
