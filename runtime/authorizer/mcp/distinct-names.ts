import { folded } from "../request/body";
import { type Members, membersOf } from "./rpc";

const LONGEST_NAME = 256;
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
 * Whether every reader finds the same members in a message of a server, also one that takes names without regard to case. What stands in
 * `structuredContent` is the tool's own, and nothing is decided by it.
 */
export function isReadAlike(message: Members): boolean {
  const result = membersOf(message["result"]);
  if (result === undefined) return areDistinct(message);
  const { structuredContent: _, ...others } = result;
  const names = Object.keys(result);
  if (!areSound(names)) return false;
  const isOdd = (name: string): boolean => (READ.get(folded(name)) ?? name) !== name;
  return !names.some(isOdd) && areDistinct({ ...message, result: others });
}

function areDistinct(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(areDistinct);
  return areSound(Object.keys(value)) && Object.values(value).every(areDistinct);
}

function areSound(names: readonly string[]): boolean {
  // Before they are folded, which takes long for long ones
  if (names.some((name) => name.length > LONGEST_NAME || name === "__proto__")) return false;
  return names.length < 2 || new Set(names.map(folded)).size === names.length;
}
