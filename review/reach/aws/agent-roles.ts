import type { Estate, Resource } from "../../read/resource";
import type { IamIndex } from "./iam-index";

/** The role with which an agent's task gets into AWS */
export interface TaskRole {
  readonly task: string;
  /** As the registry names it */
  readonly arn: string;
  /** Undefined where the configuration does not hold it */
  readonly role: Resource | undefined;
  /** JSON that the exchange passes to STS; a federated task has none. */
  readonly sessionPolicy?: string;
  /** Place in the registry */
  readonly address: string;
}

/** By agent, from the registry */
export function taskRoles(estate: Estate, index: IamIndex): ReadonlyMap<string, readonly TaskRole[]> {
  const found = new Map<string, readonly TaskRole[]>();
  for (const [agent, { tasks }] of entries<RegistryAgent>(estate.registry?.["agents"])) {
    const roles = entries<RegistryTask>(tasks).flatMap(([task, { aws }]) => {
      if (!isRecord(aws) || typeof aws["role"] !== "string") return [];
      const { role: arn, sessionPolicy } = aws as { readonly role: string; readonly sessionPolicy?: unknown };
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

interface RegistryAgent {
  readonly tasks?: unknown;
}

interface RegistryTask {
  readonly aws?: unknown;
}

function entries<Entry extends object>(value: unknown): readonly [string, Entry][] {
  if (!isRecord(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, Entry & Record<string, unknown>] =>
    isRecord(entry[1]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
