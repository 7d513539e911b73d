import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Asked } from "../gateway/call";
import type { AgentName } from "../gateway/gateway-identities";
import type { GatewayWorld } from "../gateway/gateway-world";
import { META, modern, rpc } from "../mcp/hostile-messages";
import { type Ended, endOf, inTime } from "./ended";

const PART_MILLISECONDS = 200;

export interface OpenCall {
  readonly ended: Promise<Ended>;
  /** When the tool saw its side end */
  readonly left: Promise<number>;
  /** When something of the answer came last */
  readonly lastPart: () => number;
  /** The answer begins now. */
  readonly answer: () => void;
}

export const KINDS = {
  "a stream of MCP": mcp(),
  "a stream of a model": model({ stream: true }),
  "an answer of a model in JSON": model({}),
  "an answer of MCP as a whole": mcp("application/json"),
  "a stream of an HTTP tool": { path: "/tools/crm/records/1" },
} as const satisfies Readonly<Record<string, Asked>>;

function mcp(type = "text/event-stream"): Asked {
  const body = rpc("tools/call", { name: "work", arguments: { type }, _meta: META });
  return { path: "/tools/desk", ...modern(body, { "mcp-name": "work" }) };
}

function model(more: object): Asked {
  const body = JSON.stringify({ model: "m-1", max_output_tokens: 100, input: "hello", store: false, ...more });
  return { path: "/tools/llm/v1/responses", method: "POST", headers: { "content-type": "application/json" }, body };
}

/**
 * A call whose answer goes on until it is cut.
 *
 * @param hasBegun whether its answer begins at once; else it never does
 */
export async function openCall(
  at: GatewayWorld,
  name: AgentName,
  token: string,
  asked: Asked,
  hasBegun = true,
): Promise<OpenCall> {
  let arrived: (response: ServerResponse) => void = () => undefined;
  const reached = new Promise<ServerResponse>((resolve) => (arrived = resolve));
  at.tool.answering = (_, response) => arrived(response);
  const agent = at.as(name);
  const { method = "GET", path, headers = {}, body } = asked;
  const sent = request({
    host: at.host,
    port: at.port,
    method,
    path,
    headers: { authorization: `Bearer ${token}`, ...(headers as Record<string, string>) },
    agent: false,
    ca: agent.bundle,
    cert: agent.certificate,
    key: agent.key,
    checkServerIdentity: () => undefined,
  });
  sent.end(body);
  let last = 0;
  const ended = endOf(sent, () => (last = performance.now()));
  const early = ended.then(({ how }) => Promise.reject(new Error(`it ended before it was open: ${how}`)));
  early.catch(() => undefined);
  const response = await Promise.race([reached, early]);
  const left = once(response, "close").then(() => performance.now());
  if (hasBegun) endless(response, asked);
  while (hasBegun && last === 0 && !isWhole(asked)) await Promise.race([sleep(20), early]);
  return {
    ended: inTime(ended),
    left: inTime(left),
    lastPart: () => last,
    answer: () => endless(response, asked),
  };
}

/** Whether it goes out as a whole: then nothing of it has begun when it is cut. */
export function isWhole({ body = "" }: Asked): boolean {
  return body.includes("application/json");
}

function isJson(asked: Asked): boolean {
  return isWhole(asked) || (asked.body?.includes('"model"') === true && !asked.body.includes('"stream"'));
}

/** Of a stream an event again and again, of an answer as a whole a blank: it never ends. */
function endless(response: ServerResponse, asked: Asked): void {
  const type = isJson(asked) ? "application/json" : "text/event-stream";
  response.writeHead(200, { "content-type": type });
  const part = isJson(asked)
    ? " "
    : 'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"on"}}\n\n';
  response.write(part);
  const timer = setInterval(() => response.write(part), PART_MILLISECONDS);
  response.once("close", () => clearInterval(timer));
}
