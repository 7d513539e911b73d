import type { Acknowledgement } from "../../domain/acknowledgement";
import { acknowledgementsIn } from "../../constructs/guardrails/acknowledged";
import { isRecord } from "../../domain/is-record";
import { own } from "../../domain/own";
import type { SourceLine } from "../../domain";
import { layoutOf } from "../../review/read/configuration/layout";
import { Folder } from "../../review/read/folder/folder";
import { ReadError } from "../../review/read/read-error";
import { readRegistry } from "../../review/reach/declared/read-registries";
import type { Registry } from "../../review/reach/declared/registry";

const REGISTRY = "ambit/registry.json";
const SOURCES = "ambit/sources.json";

/** What an inventory takes from a synthesized folder */
export interface Output {
  readonly registry: Registry;
  /** Where an agent is declared; undefined if that is not known */
  sourceOf(agent: string): SourceLine | undefined;
  /** In the order of stacks and addresses */
  readonly resources: readonly OutputResource[];
}

export interface OutputResource {
  /** `<stack>/<type>.<name>` */
  readonly address: string;
  /** Name of the construct below its stack: of an agent's own resources the agent's name */
  readonly owner: string;
  readonly acknowledged: readonly Acknowledgement[];
}

/**
 * Reads what synth wrote. Nothing in the folder is trusted.
 *
 * @throws ReadError for what is malformed, or could mislead a reader
 */
export function readOutput(folder: string): Output {
  const files = new Folder(folder);
  const registry = registryIn(files);
  const sources = files.objectIfAny(SOURCES);
  return { registry, sourceOf: (agent) => lineOf(sources, agent), resources: resourcesIn(files) };
}

function registryIn(files: Folder): Registry {
  const document = files.objectIfAny(REGISTRY);
  if (document === undefined)
    throw new ReadError(REGISTRY, "", "is not there: run synth, or name the folder that it wrote");
  const { registry, problems } = readRegistry(document);
  const [problem] = problems;
  if (registry === undefined || problem !== undefined) {
    throw new ReadError(REGISTRY, (problem?.path ?? []).join("."), problem?.why ?? "cannot be read: run synth again");
  }
  return registry;
}

function lineOf(sources: unknown, agent: string): SourceLine | undefined {
  const agents = isRecord(sources) ? own(sources, "agents") : undefined;
  const line = isRecord(agents) ? own(agents, agent) : undefined;
  if (!isRecord(line)) return undefined;
  const { file, line: at } = line;
  return typeof file === "string" && typeof at === "number" ? { file, line: at } : undefined;
}

function resourcesIn(files: Folder): readonly OutputResource[] {
  return layoutOf(files).stacks.flatMap(({ name: stack, configuration }) =>
    configuration.flatMap((file) => {
      const { resource } = files.object(file);
      if (!isRecord(resource)) return [];
      return Object.entries(resource).flatMap(([type, named]) =>
        isRecord(named)
          ? Object.entries(named).map(([name, body]) => ({ address: `${stack}/${type}.${name}`, ...commentOf(body) }))
          : [],
      );
    }),
  );
}

const NO_ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [];

function commentOf(body: unknown): Omit<OutputResource, "address"> {
  const comment = isRecord(body) ? own(body, "//") : undefined;
  if (!isRecord(comment)) return { owner: "", acknowledged: NO_ACKNOWLEDGEMENTS };
  const metadata = own(comment, "metadata");
  const path = isRecord(metadata) ? own(metadata, "path") : undefined;
  const owner = typeof path === "string" ? (path.split("/", 2)[1] ?? "") : "";
  return { owner, acknowledged: acknowledgementsIn(comment as Parameters<typeof acknowledgementsIn>[0]) };
}
