import { isRecord } from "../../../domain/is-record";
import { MalformedToken } from "../../jose/compact";
import type { JsonObject } from "../../jose/json";
import { text } from "../../outside/claims";
import { taskInScope } from "../../token/task-scope";

const DETAIL = "ambit_task";
const MEMBERS: readonly string[] = ["type", "agent", "task"];

/**
 * Tasks that a user's token names, as `<agent>.<task>`: by scope (RFC 9068 section 2.2.3) and by authorization details
 * (RFC 9396 section 9.1). Other scopes and details are ignored.
 *
 * @throws MalformedToken
 */
export function namedTasks(claims: JsonObject): readonly string[] {
  return [...byScope(claims.scope), ...byDetails(claims.authorization_details)];
}

function byScope(scope: unknown): readonly string[] {
  if (scope === undefined) return [];
  if (typeof scope !== "string") throw new MalformedToken("scope must be text");
  const named = scope.split(" ").flatMap((one) => taskInScope(one) ?? []);
  return named.map(({ agent, task }) => `${agent}.${task}`);
}

function byDetails(details: unknown): readonly string[] {
  if (details === undefined) return [];
  if (!Array.isArray(details) || !details.every(isRecord)) {
    throw new MalformedToken("authorization_details must be a list of objects");
  }
  return details.filter(({ type }) => type === DETAIL).map(taskOf);
}

/** A member that is not understood may narrow what the user agreed to. */
function taskOf(detail: JsonObject): string {
  const unknown = Object.keys(detail).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) throw new MalformedToken(`${DETAIL} must have the members ${MEMBERS.join(", ")} only`);
  return `${text(detail, "agent")}.${text(detail, "task")}`;
}
