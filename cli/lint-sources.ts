import type { BlockBody } from "../constructs/guardrails/value";
import type { RegistryDocument } from "../domain";
import { wellFormedRegistry } from "../domain/registry/read";
import { isAsset } from "../governance/assets";
import type { Linted } from "../governance/lint/lint";
import type { Estate } from "../review/read/resource";
import { sourcesOf } from "../review/read/source-lines";
import { CliError } from "./program";

/**
 * What a folder holds, for guardrails
 *
 * @throws CliError for a registry that is not well-formed
 */
export function lintedOf(estate: Estate): Linted {
  const sources = sourcesOf(estate);
  const sourceOf = (agent: string): string | undefined => {
    const { file, line } = sources.of(agent, "");
    return file === undefined ? undefined : `${file}:${line}`;
  };
  return {
    stacks: estate.written as ReadonlyMap<string, readonly BlockBody[]>,
    registry: registryOf(estate),
    evaluate: (stack, address, attribute) => evaluated(estate, `${stack}/${address}`, attribute),
    sourceOf,
    // Code that stacks upload is no configuration.
    unread: [
      ...missingRegistry(estate),
      ...estate.unread.filter(({ place }) => !isAsset(place.file)).map(({ place, why }) => `${place.address}: ${why}`),
    ],
  };
}

/** Synth writes it beside the others: without it no agent is judged. */
function missingRegistry({ registry, policy, sources }: Estate): readonly string[] {
  if (registry !== undefined || (policy === undefined && sources === undefined)) return [];
  return ["ambit/registry.json: it is not in the folder, so no agent is judged: run synth again"];
}

function registryOf({ registry, folder }: Estate): RegistryDocument | undefined {
  if (registry === undefined) return undefined;
  if (wellFormedRegistry(registry) === undefined) {
    throw new CliError(`${folder}/ambit/registry.json is no registry of this version: run synth again`);
  }
  return registry as unknown as RegistryDocument;
}

/** An argument of a resource, such as `policy` or `inline_policy[0].policy`, with its references replaced by what they stand for */
function evaluated(estate: Estate, address: string, attribute: string): string | undefined {
  const path = attribute.split(/[.[\]]+/).filter((each) => each !== "");
  let value: unknown = estate.at(address)?.values;
  for (const key of path) {
    // A block may stand as an object, or as a list of one.
    if (!Array.isArray(value) && key === "0") continue;
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  return typeof value === "string" ? value : undefined;
}
