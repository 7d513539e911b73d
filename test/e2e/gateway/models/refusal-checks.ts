import { deepStrictEqual as equal } from "node:assert";
import { createHash } from "node:crypto";
import type { Check, Suite } from "../../harness/suite";
import { type Asked, called, toolToken } from "../call";
import { arrivals } from "../call-checks";
import type { GatewayWorld } from "../gateway-world";
import { answersAsModel } from "./model-server";

export const MESSAGES = "/tools/llm/v1/messages";
export const RESPONSES = "/tools/llm/v1/responses";
export const CHAT = "/tools/llm/v1/chat/completions";

const LEAST: Readonly<Record<string, object>> = {
  [MESSAGES]: { model: "m-1", max_tokens: 100, messages: [{ role: "user", content: "hello" }] },
  [RESPONSES]: { model: "m-1", max_output_tokens: 100, input: "hello", store: false },
  [CHAT]: { model: "m-1", max_completion_tokens: 100, messages: [{ role: "user", content: "hello" }], store: false },
};

export function asking(path: string, more: object | string = {}): Asked {
  const body = typeof more === "string" ? more : JSON.stringify({ ...LEAST[path], ...more });
  return { method: "POST", path, headers: { "content-type": "application/json" }, body };
}

const says = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
const LEAK = "https://evil.example/?q=secret";
const FEATURE = "403 call.feature";
const BODY = "400 call.body";
const LIMIT = "400 call.output-limit";

/** None of them may reach the provider. */
const REFUSED: readonly (readonly [what: string, path: string, more: object | string, status: string])[] = [
  ["another model", RESPONSES, { model: "m-9" }, "403 call.unrecognised"],
  ["a model that the task does not grant", RESPONSES, { model: "m-2" }, "403 token.out-of-scope"],
  ["no output limit, by Messages", MESSAGES, { max_tokens: undefined }, LIMIT],
  ["no output limit, by Responses", RESPONSES, { max_output_tokens: undefined }, LIMIT],
  ["no output limit, by Chat Completions", CHAT, { max_completion_tokens: undefined }, LIMIT],
  ["an output limit that is too high", MESSAGES, { max_tokens: 50_001 }, LIMIT],
  ["a hosted tool, by Messages", MESSAGES, { tools: [{ type: "web_search_20250305", name: "web_search" }] }, FEATURE],
  ["a hosted tool, by Responses", RESPONSES, { tools: [{ type: "code_interpreter", container: {} }] }, FEATURE],
  ["web search, by Chat Completions", CHAT, { web_search_options: {} }, FEATURE],
  ["a connector, by Messages", MESSAGES, { mcp_servers: [{ type: "url", url: LEAK, name: "x" }] }, FEATURE],
  ["a connector, by Responses", RESPONSES, { tools: [{ type: "mcp", server_label: "x", server_url: LEAK }] }, FEATURE],
  ["an image by its address", MESSAGES, says({ type: "image", source: { type: "url", url: LEAK } }), FEATURE],
  [
    "an image by its address, by Chat Completions",
    CHAT,
    says({ type: "image_url", image_url: { url: LEAK } }),
    FEATURE,
  ],
  [
    "a file by its address",
    RESPONSES,
    { input: [{ role: "user", content: [{ type: "input_file", file_url: LEAK }] }] },
    FEATURE,
  ],
  ["a file of the provider", MESSAGES, says({ type: "document", source: { type: "file", file_id: "f" } }), FEATURE],
  ["a response that is kept", RESPONSES, { store: true }, FEATURE],
  ["a response that does not say whether it is kept", RESPONSES, { store: undefined }, FEATURE],
  ["a completion that does not say whether it is kept", CHAT, { store: undefined }, FEATURE],
  [
    "reasoning of the provider by its id",
    RESPONSES,
    { input: [{ type: "reasoning", id: "rs_1", summary: [] }] },
    FEATURE,
  ],
  ["going on from another response", RESPONSES, { previous_response_id: "resp_1" }, FEATURE],
  ["an item of the provider by its id alone", RESPONSES, { input: [{ id: "msg_1" }] }, BODY],
  ["an answer in the background", RESPONSES, { background: true }, FEATURE],
  ["a member that is not known", RESPONSES, { webhook: LEAK }, BODY],
  ["a content that is not known", MESSAGES, says({ type: "web_page", url: LEAK }), BODY],
  ["several answers", CHAT, { n: 2 }, BODY],
  ["a member twice", RESPONSES, '{"model":"m-1","max_output_tokens":1,"input":"x","store":true,"store":false}', BODY],
  ["a batch", "/tools/llm/v1/messages/batches", '{"requests":[]}', "403 call.unrecognised"],
  ["an answer that was kept", "/tools/llm/v1/responses/resp_1", "{}", "403 call.unrecognised"],
  ["a query", `${MESSAGES}?beta=true`, JSON.stringify(LEAST[MESSAGES]), "403 call.unrecognised"],
];

export function refusalChecks(suite: Suite, world: Check<GatewayWorld>, engine: string): void {
  suite.check(
    `${engine}: models: a request that acts at the provider, or has no bound, is refused with its reason and not sent`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "chat", "llm");
      at.tool.answering = answersAsModel();
      const arrived = await arrivals(at, async () => {
        for (const [what, path, more, expected] of REFUSED) {
          const { status, codes } = await called(at, at.as("clerk"), { ...asking(path, more), token });
          equal(`${what}: ${status} ${codes.join()}`, `${what}: ${expected}`);
        }
      }).finally(() => at.tool.answeringAsEver());
      equal(arrived, []);
    },
  );

  suite.check(`${engine}: models: a beta that may act at the provider is refused`, [world], async ([at]) => {
    const token = await toolToken(at, "clerk", "chat", "llm");
    const arrived = await arrivals(at, async () => {
      const asked = asking(MESSAGES);
      const headers = { ...asked.headers, "anthropic-beta": "mcp-client-2025-11-20" };
      const { codes } = await called(at, at.as("clerk"), { ...asked, headers, token });
      equal(codes, ["call.header"]);
    });
    equal(arrived, []);
  });

  suite.check(
    `${engine}: models: a prompt of nearly 1 MiB arrives to the byte, and a larger one is refused`,
    [world],
    async ([at]) => {
      const token = await toolToken(at, "clerk", "chat", "llm");
      const ofBytes = (bytes: number): string => {
        const text = JSON.stringify({ ...LEAST[RESPONSES], input: "" });
        return text.replace('"input":""', `"input":"${"é".repeat((bytes - text.length) / 2)}"`);
      };
      at.tool.answering = answersAsModel();
      const [fitting, larger] = [ofBytes(1_040_000), ofBytes(1_060_000)];
      const arrived = await arrivals(at, async () => {
        const answered = await called(at, at.as("clerk"), { ...asking(RESPONSES, fitting), token });
        equal([answered.status, answered.codes], [200, []]);
        const refused = await called(at, at.as("clerk"), { ...asking(RESPONSES, larger), token });
        equal([refused.status, refused.codes], [413, ["call.too-large"]]);
      }).finally(() => at.tool.answeringAsEver());
      const digest = createHash("sha256").update(fitting).digest("hex");
      equal(
        arrived.map(({ sha256 }) => sha256),
        [digest],
      );
    },
  );
}
