import { refuse, shown } from "./errors";

/**
 * What keeps what an agent has read. `per-user`: each user by itself, or each transaction where there is no user.
 * `shared`: the whole agent.
 */
export type Memory = "per-user" | "shared";

export function memoryOf(value: Memory = "per-user", where: string): Memory {
  if (value !== "per-user" && value !== "shared") {
    refuse("memory.malformed", where, `memory must be "per-user" or "shared", got ${shown(value)}`);
  }
  return value;
}
