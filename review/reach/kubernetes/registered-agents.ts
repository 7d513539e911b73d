import { isObject, type JsonObject } from "../../read/json";
import { agentsOf, type Estate } from "../../read/resource";
import { block, text } from "./objects/values";

/** What the registry says of an agent that a cluster must know; undefined where it says nothing that is text */
export interface RegisteredAgent {
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly credentials: string | undefined;
  readonly state: string | undefined;
  readonly spiffeId: string | undefined;
  /** Whether it has a way in */
  readonly serves: boolean;
}

/** By name, read from what stands there */
export function registeredAgents({ registry }: Estate): ReadonlyMap<string, RegisteredAgent> {
  return new Map(
    Object.entries(agentsOf(registry)).flatMap(([name, entry]) =>
      isObject(entry) ? [[name, registeredAgent(entry)]] : [],
    ),
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
    serves: Object.keys(block(entry, "serves")).length > 0,
  };
}

export function isSameAgent(one: RegisteredAgent, other: RegisteredAgent): boolean {
  return (Object.keys(one) as (keyof RegisteredAgent)[]).every((key) => one[key] === other[key]);
}
