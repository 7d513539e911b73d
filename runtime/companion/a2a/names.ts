import { isRecord } from "../../../domain/is-record";
import type { JsonObject } from "../../jose/json";
import { malformed } from "../requests";
import { member, objectIn } from "./members";

/** What follow-ups go on with, as they name it: a task and a context may have the same id. */
export type Name = `context ${string}` | `task ${string}`;

/** As SDKs make them, and without what a path or a header would have to encode */
const ID = /^[A-Za-z0-9._~-]{1,256}$/;

/**
 * Tasks and contexts that the parameters of an operation name (A2A 1.0, section 3.1)
 *
 * @throws Problem `companion.malformed`
 */
export function namesIn(params: JsonObject): readonly Name[] {
  const message = objectIn(params, "message") ?? {};
  const referred = member(message, "referenceTaskIds") ?? [];
  if (!Array.isArray(referred)) throw malformed("referenceTaskIds must be a list");
  return [
    ...named("task", member(params, "id"), "id"),
    ...ownNames(params),
    ...ownNames(message),
    ...referred.flatMap((id: unknown) => named("task", id, "referenceTaskIds")),
  ];
}

/** @throws Problem `companion.malformed` */
export function named(kind: "context" | "task", id: unknown, where: string): readonly Name[] {
  // Protocol buffers represent an unset field as the empty text.
  if (id === undefined || id === "") return [];
  if (typeof id !== "string" || !ID.test(id)) {
    throw malformed(`${where} must be of letters, digits, "-", ".", "_" and "~", got ${JSON.stringify(id)}`);
  }
  return [`${kind} ${id}`];
}

/**
 * Tasks and contexts that an answer, or an event of a stream, names (A2A 1.0, sections 3.1.1 to 3.1.4), with or without
 * a JSON-RPC envelope. An unreadable answer names none.
 */
export function namesToldBy(answer: unknown): readonly Name[] {
  try {
    return toldBy(answer);
  } catch {
    return [];
  }
}

function toldBy(answer: unknown): readonly Name[] {
  if (!isRecord(answer)) return [];
  const said = answer["jsonrpc"] === undefined ? answer : answer["result"];
  if (!isRecord(said)) return [];
  const parts = ["message", "statusUpdate", "artifactUpdate"].map((part) => objectIn(said, part) ?? {});
  return [...tasks(said), ...tasks(objectIn(said, "task") ?? {}), ...parts.flatMap(ownNames)];
}

/** Names of a task, recognised by its status; a message has none, and its id is not a task's. */
function tasks(task: JsonObject): readonly Name[] {
  if (member(task, "status") === undefined) return [];
  return [...named("task", member(task, "id"), "id"), ...ownNames(task)];
}

function ownNames(object: JsonObject): readonly Name[] {
  return [
    ...named("task", member(object, "taskId"), "taskId"),
    ...named("context", member(object, "contextId"), "contextId"),
  ];
}
