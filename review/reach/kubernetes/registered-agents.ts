import { isObject, type JsonObject, member } from "../../read/json";
import type { Estate } from "../../read/resource";
import { block, text } from "./objects/values";

/** What the registry says of an agent that a cluster must know; undefined where it says nothing that is text */
export interface RegisteredAgent {
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly credentials: string | undefined;
  readonly state: string | undefined;
  readonly spiffeId: string | undefined;
}

/** By name. Read from what stands there, as a registry that cannot be read as a whole still names its agents. */
export function registeredAgents({ registry }: Estate): ReadonlyMap<string, RegisteredAgent> {
  const agents = registry === undefined ? undefined : member(registry, "agents");
  if (!isObject(agents)) return new Map();
  return new Map(
    Object.entries(agents).flatMap(([name, entry]) => (isObject(entry) ? [[name, registeredAgent(entry)]] : [])),
  );
}

function registeredAgent(entry: JsonObject): RegisteredAgent {
  const workload = block(entry, "workload");
  return {
    namespace: text(workload, "namespace"),
    serviceAccount: text(workload, "serviceAccount"),
    credentials: text(entry, "credentials"),
    state: text(entry, "state"),
    spiffeId: text(entry, "spiffeId"),
  };
}

export function isSameAgent(one: RegisteredAgent, other: RegisteredAgent): boolean {
  return (Object.keys(one) as (keyof RegisteredAgent)[]).every((key) => one[key] === other[key]);
}
