import type { RegistryDocument } from "../../domain";
import { isObject, type JsonObject, member } from "./json";

const AGENTS = "agents" satisfies keyof RegistryDocument;

/** By name, of a registry that may be anything: one that cannot be read as a whole still names its agents */
export function agentsOf(registry: unknown): JsonObject {
  const agents = isObject(registry) ? member(registry, AGENTS) : undefined;
  return isObject(agents) ? agents : {};
}
