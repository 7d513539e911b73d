import type { Unknown } from "../../change";
import { brief } from "./registry";
import type { Problem } from "../../../domain/registry/problem";
import type { Side } from "./side";

/** The registry that it is about */
export type State = "base" | "head";

/** Principal of a registry without agents */
export const REGISTRY = "ambit/registry.json";

export function unknownOf({ path, why }: Problem, state: State): Unknown {
  const place = brief(path.join("."));
  const what = place === "" ? `the registry of ${state}` : `${place} in the registry of ${state}`;
  return { what, why, source: { address: place === "" ? "registry" : `registry/${place}` } };
}

/** Whether a problem is about the agent, or about anything that it reaches */
export function concerns({ path: [kind, name] }: Problem, side: Side): boolean {
  if (name === undefined) return true;
  if (kind === "tools") return side.tools.has(name);
  if (kind === "datasets") return side.datasets.has(name);
  if (kind !== "agents" || name === side.name) return true;
  return [...side.works.values()].some(({ chain }) => chain.some((target) => target.startsWith(`${name}.`)));
}

/** There are more chains than are followed */
export function endlessUnknown(agent: string, state: State): Unknown {
  return {
    what: `what it has other agents do in ${state}`,
    why: "its delegations make more chains than are followed: hand work to fewer tasks, or less deep",
    source: { address: `registry/agents.${agent}` },
  };
}
