import { own } from "../../../domain";
import type { Value } from "../../json";
import { Denial } from "../denial";
import { type Members, membersOf } from "./rpc";

/** Of `_meta`, by which any message may name a task (MCP 2025-11-25, "Tasks") */
export const RELATED_META = "io.modelcontextprotocol/related-task";

/**
 * Tasks that a client's request or notification names, wherever it may.
 *
 * @param isRequired whether the method is about one task
 * @throws Denial `call.arguments` where a task is named by another thing than a text
 */
export function tasksIn(method: string, params: Members, isRequired: boolean): readonly string[] {
  const one = isRequired ? [text("params.taskId", own(params, "taskId"))] : [];
  if (method !== "subscriptions/listen") return [...one, ...related("params", params)];
  const filter = membersOf(own(params, "notifications"));
  return [
    ...one,
    ...texts("params.taskIds", own(params, "taskIds")),
    ...texts("params.notifications.taskIds", own(filter, "taskIds")),
    ...related("params", params),
  ];
}

/** Tasks that a client's answer to a question of the server names. @throws Denial `call.arguments` */
export function tasksInAnswer(outcome: Value): readonly string[] {
  return related("result", membersOf(outcome));
}

/** Tasks that a server's request or notification is about; an empty text stands for one that cannot be read. */
export function tasksTold({ method, params }: Members): readonly string[] {
  const told = membersOf(params);
  const isStatus = method === "notifications/tasks" || method === "notifications/tasks/status";
  const named = [...(isStatus ? [own(told, "taskId")] : []), ...taskOf(told)];
  return named.map((task) => (typeof task === "string" ? task : ""));
}

function related(where: string, members: Members | undefined): readonly string[] {
  return taskOf(members).map((task) => text(`${where}._meta["${RELATED_META}"].taskId`, task));
}

function taskOf(members: Members | undefined): readonly (Value | undefined)[] {
  const found = own(membersOf(own(members, "_meta")), RELATED_META);
  return found === undefined ? [] : [own(membersOf(found), "taskId")];
}

function texts(where: string, value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw Denial.of("call.arguments", `${where} must be a list of texts`);
  return (value as readonly Value[]).map((each) => text(`each of ${where}`, each));
}

function text(where: string, value: Value | undefined): string {
  if (typeof value !== "string") throw Denial.of("call.arguments", `${where} must be a text`);
  return value;
}
