import { JSON_READERS, type JsonHabits, readBy } from "../../../support/json/json-readers";

/** As it reaches a server: names of headers in lower case, their bytes in Latin-1 */
export interface ReceivedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What a server takes a message for */
export interface Taken {
  readonly id: unknown;
  /** `response` where it is one */
  readonly method: unknown;
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined where it is that of the session */
  readonly revision: unknown;
}

export interface ServerHabits extends JsonHabits {
  /** Whether it takes from headers what they say, and the body's word for the rest */
  readonly goesByHeaders?: boolean;
  /** Of a header's bytes */
  readonly encoding?: "latin1" | "utf8";
}

const VERSION = "io.modelcontextprotocol/protocolVersion";
const RELATED = "io.modelcontextprotocol/related-task";

/** What a server of MCP looks for, by where it stands. What is the tool's own it takes as it comes. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "": ["jsonrpc", "id", "method", "params", "result", "error"],
  params: [
    ...["_meta", "name", "arguments", "uri", "task", "taskId", "taskIds", "notifications", "requestState"],
    ...["inputResponses", "protocolVersion"],
  ],
  "params notifications": ["taskIds"],
  result: ["_meta"],
  "params _meta": [VERSION, RELATED],
  "result _meta": [VERSION, RELATED],
  [`params _meta ${RELATED}`]: ["taskId"],
  [`result _meta ${RELATED}`]: ["taskId"],
};

/** Which member of params a header repeats, by method */
const NAMES: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/cancel": "taskId",
  "tasks/result": "taskId",
  "tasks/update": "taskId",
};

/** Arguments that headers repeat */
const PARAMETERS: Readonly<Record<string, string>> = {
  "mcp-param-region": "region",
  "mcp-param-amount": "amount",
  "mcp-param-urgent": "urgent",
};

/** Servers of MCP as plain as can be, each with one habit */
export const SERVERS: readonly ServerHabits[] = [
  ...JSON_READERS,
  { name: "goes by headers", goesByHeaders: true },
  { name: "goes by headers in UTF-8", goesByHeaders: true, encoding: "utf8" },
];

/** One or several, where the body is a list. It shares no code with the authorizer. */
export function taken({ headers, body }: ReceivedMessage, habits: ServerHabits): readonly Taken[] {
  const read = readBy(habits, body, (path) => WORDS[path.join(" ")] ?? []);
  return (Array.isArray(read) ? read : [read]).map((each) => takenOf(objectOf(each), new Map(headers), habits));
}

function takenOf(message: Record<string, unknown>, headers: ReadonlyMap<string, string>, habits: ServerHabits): Taken {
  const { id } = message;
  const header = (name: string): string | undefined => headerOf(headers.get(name), habits);
  const version = header("mcp-protocol-version");
  if (message["method"] === undefined) {
    return {
      id,
      method: "response",
      params: { id, outcome: message["result" in message ? "result" : "error"] },
      revision: version,
    };
  }
  const params = objectOf(message["params"]);
  const told = objectOf(params["_meta"])[VERSION];
  const opens = message["method"] === "initialize" ? params["protocolVersion"] : undefined;
  if (habits.goesByHeaders !== true) {
    return { id, method: message["method"], params, revision: told ?? opens ?? version };
  }
  const method = header("mcp-method") ?? message["method"];
  const [named, name] = [NAMES[String(method)], header("mcp-name")];
  const all = { ...params, ...(named !== undefined && name !== undefined && { [named]: name }) };
  const args = objectOf(all["arguments"]);
  const repeated = Object.entries(method === "tools/call" ? PARAMETERS : {}).flatMap(([key, argument]) => {
    const text = header(key);
    return text === undefined ? [] : [[argument, likeOf(args[argument], text)] as const];
  });
  return {
    id,
    method,
    params: repeated.length === 0 ? all : { ...all, arguments: { ...args, ...Object.fromEntries(repeated) } },
    revision: version ?? told ?? opens,
  };
}

/** A header's text, of the type that the argument has */
function likeOf(value: unknown, text: string): unknown {
  if (typeof value === "number") return Number(text);
  return typeof value === "boolean" ? text === "true" : text;
}

function headerOf(bytes: string | undefined, { encoding = "latin1" }: ServerHabits): string | undefined {
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes, "latin1").toString(encoding);
  const encoded = text.startsWith("=?base64?") && text.endsWith("?=") ? text.slice(9, -2) : undefined;
  return encoded === undefined ? text : Buffer.from(encoded, "base64").toString();
}

function objectOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}
