import { isRecord } from "../../../domain/is-record";
import { MalformedToken } from "../../jose/compact";
import type { JsonObject } from "../../jose/json";
import { text } from "../../outside/claims";

const SCOPE = /^ambit:([a-z0-9-]+):([a-z0-9-]+)$/;
const DETAIL = "ambit_task";
const MEMBERS: readonly string[] = ["type", "agent", "task"];

/** The scope that names a task, in a user's token and in one that hands work on */
export function taskScope(agent: string, task: string): string {
  return `ambit:${agent}:${task}`;
}

/**
 * Tasks that a user's token names, as `<agent>.<task>`: by scope (RFC 9068 section 2.2.3) and by authorization details
 * (RFC 9396 section 9.1). Scopes and details of others are none of ours.
 *
 * @throws MalformedToken
 */
export function namedTasks(claims: JsonObject): readonly string[] {
  return [...byScope(claims.scope), ...byDetails(claims.authorization_details)];
}

function byScope(scope: unknown): readonly string[] {
  if (scope === undefined) return [];
  if (typeof scope !== "string") throw new MalformedToken("scope must be text");
  const named = scope.split(" ").flatMap((one) => [SCOPE.exec(one) ?? []]);
  return named.flatMap(([, agent, task]) => (agent === undefined ? [] : [`${agent}.${task}`]));
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
