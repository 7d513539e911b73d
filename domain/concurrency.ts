import { refuse, shown } from "./errors";

/**
 * How many sessions a pod of a serving agent works for at a time. `many-users`: its code is trusted to keep them apart, and
 * names the run with each call. `one-user`: one, and requests of others wait for another pod.
 */
export type Concurrency = "many-users" | "one-user";

export function concurrencyOf(value: Concurrency = "many-users", where: string): Concurrency {
  if (value !== "many-users" && value !== "one-user") {
    refuse("serving.malformed", where, `concurrency must be "many-users" or "one-user", got ${shown(value)}`);
  }
  return value;
}
