import type { ModelApi, ModelFeature } from "../../../../domain";
import { type JsonHabits, readBy } from "../../../support/json/json-readers";

/** What a provider takes a request for */
export interface Asked {
  readonly model: unknown;
  /** Tokens of all answers together; infinite where nothing bounds them */
  readonly most: number;
  /** What it does besides to answer */
  readonly does: ReadonlySet<ModelFeature>;
  readonly isStreamed: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** Members that mean something to one provider or another, also to gateways that speak their APIs */
const KNOWN = [
  ...["model", "messages", "input", "tools", "tool_choice", "type", "role", "content", "text", "source", "stream"],
  ...["max_tokens", "max_completion_tokens", "max_output_tokens", "thinking", "budget_tokens", "n", "best_of", "store"],
  ...["previous_response_id", "conversation", "background", "prompt", "prompt_cache_options", "include", "container"],
  ...["comparison_response_id", "prompt_cache_retention", "web_search_options", "mcp_servers", "url", "image_url"],
  ...["file_url", "file_id", "file_ids", "vector_store_ids", "file_data", "data", "id", "output", "allowed_tools"],
  ...["encrypted_content", "call_id", "name", "arguments", "server_url", "skills", "stream_options", "include_usage"],
];
/** What an agent writes for itself, and what the model cited: it is not looked into. */
const FREE = [
  ...["input_schema", "input_examples", "parameters", "output_schema", "schema", "annotations", "citations"],
  ...["metadata", "logit_bias", "filters", "mcp_servers"],
];
/** Members in which it looks at types */
const TYPED = ["tools", "tool_choice", "allowed_tools", "input", "output", "messages", "content", "system", "source"];
const LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** Types of tools, items and blocks by which a provider acts */
const ACTS: readonly (readonly [RegExp, ModelFeature])[] = [
  [/^(item_reference|compaction)$/, "previous-responses"],
  [
    /search(?!_result$)|fetch|code_execution|code_interpreter|image_generation|computer|shell|bash|editor|server_tool/,
    "hosted-tools",
  ],
  [/^(container_upload|file)$/, "file-inputs"],
  [/^(base64|input_audio)$/, "media-inputs"],
  [/^url$/, "url-inputs"],
];
/** Members by which it acts, in any object */
const BY_NAME: Readonly<Record<string, ModelFeature>> = {
  mcp_servers: "connectors",
  server_url: "connectors",
  connector_id: "connectors",
  web_search_options: "hosted-tools",
  container: "hosted-tools",
  skills: "hosted-tools",
  file_id: "file-inputs",
  file_ids: "file-inputs",
  vector_store_ids: "file-inputs",
  file_url: "url-inputs",
  previous_response_id: "previous-responses",
  comparison_response_id: "previous-responses",
  conversation: "previous-responses",
  prompt: "previous-responses",
};
/** What an item says, by its type: without it, and with an id, it stands for one that the provider keeps. */
const SAYS: Readonly<Record<string, readonly string[]>> = {
  message: ["content"],
  function_call: ["call_id", "name", "arguments"],
  custom_tool_call: ["call_id", "name"],
  function_call_output: ["call_id"],
  reasoning: ["encrypted_content"],
};

/** As plain as can be: it does all that it is asked for by any name that it knows. It shares no code with the authorizer. */
export function asked(api: ModelApi, json: string, habits: JsonHabits): Asked {
  const body = membersOf(readBy(habits, json, (path) => (path.some((name) => FREE.includes(name)) ? [] : KNOWN)));
  const limits = [...LIMITS.map((name) => body[name]), membersOf(body["thinking"])["budget_tokens"]];
  const bounds = limits.filter((limit) => limit !== undefined && limit !== null).map(Number);
  const hasLimit = LIMITS.some((name) => body[name] !== undefined && body[name] !== null);
  const answers = Number(body["n"] ?? 1) * Number(body["best_of"] ?? 1);
  return {
    model: body["model"],
    most: hasLimit ? answers * Math.max(...bounds) : Infinity,
    does: new Set([...ofBody(api, body), ...within(body)]),
    isStreamed: body["stream"] === true,
  };
}

function ofBody(api: ModelApi, body: Members): readonly ModelFeature[] {
  const isKept = api !== "anthropic.messages" && body["store"] !== false;
  const retention = body["prompt_cache_retention"] ?? "in_memory";
  const isWritten = retention !== "in_memory" && retention !== "in-memory";
  const include = Array.isArray(body["include"]) ? body["include"].map(String) : [];
  return [
    ...(isKept || isWritten ? (["stored-responses"] as const) : []),
    ...(body["background"] === true ? (["background"] as const) : []),
    ...(include.some((name) => name.includes("_call")) ? (["hosted-tools"] as const) : []),
    ...(Array.isArray(body["input"])
      ? body["input"].filter(standsForKept).map(() => "previous-responses" as const)
      : []),
  ];
}

function standsForKept(item: unknown): boolean {
  const members = membersOf(item);
  const type = String(members["type"] ?? "message");
  if (type !== "reasoning" && (members["id"] ?? null) === null) return false;
  return (SAYS[type] ?? []).some((name) => isEmpty(members[name]));
}

/** Features that an object and its descendants ask for */
function within(value: unknown, place = ""): readonly ModelFeature[] {
  if (Array.isArray(value)) return value.flatMap((each) => within(each, place));
  const members = membersOf(value);
  const type = typeof members["type"] === "string" ? members["type"] : "";
  // What the tool of another server is like is its own matter.
  if (TYPED.includes(place) && /mcp/.test(type)) return ["connectors"];
  const isOwnCall = type === "tool_use" || type === "server_tool_use";
  // A part that is a file says within it where it comes from; a source says it by its type.
  const isTyped = TYPED.includes(place) && (type !== "file" || place === "source");
  const found = !isTyped ? [] : ACTS.filter(([types]) => types.test(type));
  const below = Object.entries(members).flatMap(([name, each]): readonly ModelFeature[] => {
    if (each === null) return [];
    const feature = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
    if (FREE.includes(name) || (isOwnCall && name === "input")) return feature === undefined ? [] : [feature];
    return [...(feature === undefined ? [] : [feature]), ...fetched(name, each), ...within(each, name)];
  });
  return [...found.map(([, feature]) => feature), ...below];
}

/** An address is fetched, and data comes within the request. */
function fetched(name: string, value: unknown): readonly ModelFeature[] {
  if (typeof value !== "string" || value === "") return [];
  if (name === "file_data") return [/^(data:|[A-Za-z0-9+/=]*$)/i.test(value) ? "media-inputs" : "url-inputs"];
  if (name !== "image_url" && name !== "url") return [];
  return [/^data:/i.test(value) ? "media-inputs" : "url-inputs"];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function membersOf(value: unknown): Members {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Members) : {};
}
