import { ReadError } from "../review/read/read-error";
import { readRegistry } from "../review/reach/declared/read-registries";
import type { Registry } from "../review/reach/declared/registry";

/** In the folder that synth wrote */
export const REGISTRY = "ambit/registry.json";

/** @throws ReadError where the document is no registry, or has a part that cannot be judged */
export function registryOf(document: unknown): Registry {
  const { registry, problems } = readRegistry(document);
  const [problem] = problems;
  if (registry === undefined || problem !== undefined) {
    throw new ReadError(REGISTRY, (problem?.path ?? []).join("."), problem?.why ?? "cannot be read: run synth again");
  }
  return registry;
}
