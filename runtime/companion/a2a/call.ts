import { isRecord } from "../../../domain/is-record";
import { type JsonObject, strictJson } from "../../jose/json";
import { Problem } from "../problem";
import { malformed } from "../requests";
import { isCoded, type RawHeaders, valuesOf } from "../tools/headers";
import { member, objectIn } from "./members";
import { type Name, named, namesIn } from "./names";
import { configuredPush, onlyMembers, type Push, pushOf } from "./push";

/** A request of A2A 1.0, as far as it matters whose it is */
export interface A2aCall {
  /** Tasks and contexts that it goes on with */
  readonly names: readonly Name[];
  /** Push notification settings in it; undefined if there are none */
  readonly push?: Push | undefined;
}

export interface A2aRequest {
  readonly method: string;
  /** Path and query, as they were received */
  readonly target: string;
  readonly raw: RawHeaders;
  /** Undefined if there is none */
  readonly body: Uint8Array | undefined;
}

/** Methods of JSON-RPC (A2A 1.0, section 9.4), and what each does */
const METHODS = {
  SendMessage: "send",
  SendStreamingMessage: "send",
  GetTask: "go on",
  CancelTask: "go on",
  SubscribeToTask: "go on",
  ListTasks: "list",
  CreateTaskPushNotificationConfig: "set push",
  GetTaskPushNotificationConfig: "ask push",
  ListTaskPushNotificationConfigs: "ask push",
  DeleteTaskPushNotificationConfig: "ask push",
} as const;

type Operation = (typeof METHODS)[keyof typeof METHODS];

const CONFIGS = "/tasks/(?<id>[^/]+)/pushNotificationConfigs";
/** What HTTP+JSON has below its base (A2A 1.0, section 11.3) */
const PATHS: readonly (readonly [methods: string, path: RegExp, operation: Operation])[] = [
  ["POST", /^\/message:(?:send|stream)$/, "send"],
  ["GET", /^\/tasks\/(?<id>[^/:]+)$/, "go on"],
  ["POST", /^\/tasks\/(?<id>[^/:]+):cancel$/, "go on"],
  ["GET POST", /^\/tasks\/(?<id>[^/:]+):subscribe$/, "go on"],
  ["GET", /^\/tasks$/, "list"],
  ["POST", new RegExp(`^${CONFIGS}$`), "set push"],
  ["GET", new RegExp(`^${CONFIGS}(?:/[A-Za-z0-9._~-]+)?$`), "ask push"],
  ["DELETE", new RegExp(`^${CONFIGS}/[A-Za-z0-9._~-]+$`), "ask push"],
];

const JSON_TYPE = /^application\/(?:a2a\+)?json(?:\s*;\s*charset="?utf-8"?)?$/i;
/** Data within a message is what sender and receiver make of it. */
const DEEPEST = 64;

/**
 * Read as every server reads it: what two could read in two ways is refused.
 *
 * @param base path of the way in, at which JSON-RPC is taken, and below which HTTP+JSON
 * @throws Problem `companion.malformed`, `companion.other-task`
 */
export function a2aCall(request: A2aRequest, base: string): A2aCall {
  const [path = "", query = ""] = request.target.split(/\?(.*)/s);
  if (path === base && request.method === "POST") return ofJsonRpc(bodyOf(request), query);
  const below = path.slice(base.replace(/\/$/, "").length);
  const [found, id, operation] = ofPath(request.method, below);
  if (!found) throw malformed(`A2A 1.0 has nothing at ${request.method} ${JSON.stringify(path)}`);
  const said = request.body === undefined ? {} : bodyOf(request);
  if (operation === "send" && request.body === undefined) throw malformed("the body must be a message of A2A");
  return checked({ operation, said, at: [], asked: queried(query), names: named("task", id, "the path") });
}

function ofPath(method: string, path: string): readonly [boolean, string | undefined, Operation] {
  for (const [methods, pattern, operation] of PATHS) {
    const found = methods.split(" ").includes(method) ? pattern.exec(path) : null;
    if (found !== null) return [true, found.groups?.["id"], operation];
  }
  return [false, undefined, "go on"];
}

function ofJsonRpc(body: JsonObject, query: string): A2aCall {
  const method = member(body, "method");
  const operation =
    typeof method === "string" && Object.hasOwn(METHODS, method) ? METHODS[method as keyof typeof METHODS] : undefined;
  if (operation === undefined) {
    throw malformed(`method must be one of ${Object.keys(METHODS).join(", ")}, got ${JSON.stringify(method)}`);
  }
  const said = objectIn(body, "params") ?? {};
  return checked({ operation, said, at: ["params"], asked: queried(query), names: [] });
}

interface Said {
  readonly operation: Operation;
  /** Parameters of the operation */
  readonly said: JsonObject;
  /** Members of the body down to them */
  readonly at: readonly string[];
  /** By the query */
  readonly asked: JsonObject;
  /** By the path */
  readonly names: readonly Name[];
}

function checked({ operation, said, at, asked, names: ofPath }: Said): A2aCall {
  if (operation === "set push" || operation === "ask push") {
    const { names, push } = pushOf({ sets: operation === "set push", said, at, asked });
    if (ofPath.length + names.length === 0) {
      throw Problem.of("companion.other-task", "the request is for push notifications of all tasks: name one");
    }
    return { names: [...ofPath, ...names], push };
  }
  // A server that puts parameters of the query in the place of members could find a configuration there.
  if (operation === "send") onlyMembers(asked, [], "a message");
  const names = [...ofPath, ...namesIn(said), ...namesIn(asked)];
  const isOfContext = names.some((name) => name.startsWith("context "));
  if (operation === "list" && !isOfContext) {
    throw Problem.of("companion.other-task", "the request lists tasks of all callers: name a context");
  }
  return { names, push: configuredPush(said, at) };
}

/** Servers inflate a body, and decode it, by these headers. */
function bodyOf({ raw, body }: A2aRequest): JsonObject {
  const [type = "", ...types] = valuesOf(raw, "content-type");
  if (types.length > 0 || !JSON_TYPE.test(type)) {
    throw malformed(
      `the content type must be application/json or application/a2a+json, in UTF-8, got ${JSON.stringify(type)}`,
    );
  }
  if (isCoded(raw)) throw malformed("the body must have no content encoding");
  const value = body === undefined ? undefined : strictJson(body, DEEPEST);
  if (!isRecord(value)) throw malformed("the body must be one object of JSON, without a member twice");
  return value;
}

/** Some servers put parameters of the query in the place of others. */
function queried(query: string): JsonObject {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (found.has(name)) throw malformed(`the query must have ${JSON.stringify(name)} once`);
    found.set(name, value);
  }
  return Object.fromEntries(found);
}
