import { isObject, type Json, type JsonObject } from "../../read/json";
import type { Estate, Resource } from "../../read/resource";
import type { IamIndex } from "./iam-index";

/** The role of an agent's task in AWS */
export interface TaskRole {
  readonly task: string;
  /** As the registry names it */
  readonly arn: string;
  /** Undefined if the configuration does not hold it */
  readonly role: Resource | undefined;
  /** JSON that the exchange passes to STS; a federated task has none. */
  readonly sessionPolicy?: string;
  /** Place in the registry */
  readonly address: string;
}

/** By agent, from the registry */
export function taskRoles(estate: Estate, index: IamIndex): ReadonlyMap<string, readonly TaskRole[]> {
  const found = new Map<string, readonly TaskRole[]>();
  for (const [agent, { tasks }] of entries(estate.registry?.["agents"])) {
    const roles = entries(tasks).flatMap(([task, { aws }]) => {
      if (!isObject(aws) || typeof aws["role"] !== "string") return [];
      const { role: arn, sessionPolicy } = aws;
      return {
        task,
        arn,
        role: index.role(arn, ""),
        ...(typeof sessionPolicy === "string" && { sessionPolicy }),
        address: `registry/agents.${agent}.tasks.${task}.aws`,
      };
    });
    if (roles.length > 0) found.set(agent, roles);
  }
  return found;
}

function entries(value: Json | undefined): readonly (readonly [string, JsonObject])[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => (isObject(entry) ? [[name, entry] as const] : []));
}
