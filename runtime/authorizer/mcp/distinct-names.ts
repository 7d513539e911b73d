import { folded, namesProblem } from "../../member-names";
import { type Members, membersOf } from "./rpc";

/** Members of results that the gateway goes by: under another spelling, only some clients would find them. */
const READ: ReadonlyMap<string, string> = new Map(
  [
    "capabilities",
    "inputRequests",
    "isError",
    "protocolVersion",
    "requestState",
    "resultType",
    "supportedVersions",
    "task",
    "taskId",
    "tasks",
    "tools",
  ].map((name) => [folded(name), name]),
);

/**
 * Whether every reader finds the same members in a server's message, even one that matches names case-insensitively.
 * Contents of `structuredContent` are the tool's own, and decide nothing here.
 */
export function isReadAlike(message: Members): boolean {
  const result = membersOf(message["result"]);
  if (result === undefined) return areDistinct(message);
  const { structuredContent: _, ...others } = result;
  const names = Object.keys(result);
  if (namesProblem(names) !== undefined) return false;
  const isOdd = (name: string): boolean => (READ.get(folded(name)) ?? name) !== name;
  return !names.some(isOdd) && areDistinct({ ...message, result: others });
}

function areDistinct(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(areDistinct);
  if (namesProblem(Object.keys(value)) !== undefined) return false;
  return Object.values(value).every(areDistinct);
}
