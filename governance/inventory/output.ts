import { isAscii } from "node:buffer";
import type { Acknowledgement } from "../../domain/acknowledgement";
import { acknowledgementsIn } from "../../domain/written-acknowledgements";
import { isRecord } from "../../domain/is-record";
import { own } from "../../domain/own";
import type { SourceLine } from "../../domain";
import { StackJson } from "../../constructs/guardrails/stack";
import type { BlockBody } from "../../constructs/guardrails/value";
import { layoutOf } from "../../review/read/configuration/layout";
import { Folder } from "../../review/read/folder/folder";
import { ReadError } from "../../review/read/read-error";
import type { Registry } from "../../review/reach/declared/registry";
import { REGISTRY, registryOf } from "../registry";

const SOURCES = "ambit/sources.json";

/** What an inventory takes from a synthesized folder */
export interface Output {
  readonly registry: Registry;
  /** Where an agent is declared; undefined if that is not known */
  sourceOf(agent: string): SourceLine | undefined;
  /** How many resources there are, by name of the construct below their stack: of an agent's own resources the agent's name */
  readonly resources: ReadonlyMap<string, number>;
  /** Blocks of every kind with findings that are answered for, stack by stack, resources first */
  readonly acknowledged: readonly AcknowledgedResource[];
}

export interface AcknowledgedResource {
  /** `<stack>/<type>.<name>` of a resource; of another block as guardrails write it, such as `<stack>/data.external.x` */
  readonly address: string;
  /** Name of the construct below its stack */
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
  // The largest files first: what is not kept of them is gone before the rest is read.
  const ofStacks = resourcesIn(files);
  const registry = registryIn(files);
  const sources = files.objectIfAny(SOURCES);
  return { registry, sourceOf: (agent) => lineOf(sources, agent), ...ofStacks };
}

function registryIn(files: Folder): Registry {
  const document = files.objectIfAny(REGISTRY);
  if (document === undefined)
    throw new ReadError(REGISTRY, "", "is not there: run synth, or name the folder that it wrote");
  return registryOf(document);
}

function lineOf(sources: unknown, agent: string): SourceLine | undefined {
  const agents = isRecord(sources) ? own(sources, "agents") : undefined;
  const line = isRecord(agents) ? own(agents, agent) : undefined;
  if (!isRecord(line)) return undefined;
  const { file, line: at } = line;
  return typeof file === "string" && typeof at === "number" ? { file, line: at } : undefined;
}

function resourcesIn(files: Folder): Pick<Output, "acknowledged" | "resources"> {
  const resources = new Map<string, number>();
  const acknowledged: AcknowledgedResource[] = [];
  for (const { name: stack, configuration } of layoutOf(files).stacks) {
    const add = (address: string, comment: unknown): void => {
      const some = isRecord(comment) ? acknowledgementsIn(comment as Comment) : [];
      if (some.length > 0)
        acknowledged.push({ address: `${stack}/${address}`, owner: ownerOf(comment), acknowledged: some });
    };
    const count = (comment: unknown): void => {
      const owner = ownerOf(comment);
      resources.set(owner, (resources.get(owner) ?? 0) + 1);
    };
    for (const file of configuration) {
      const { resource, ...rest } = parsed(files, file);
      const listed = eachResource(resource, (type, name, body) => {
        const comment = own(body, "//");
        count(comment);
        add(`${type}.${name}`, comment);
      });
      for (const { mode, address, comment } of StackJson.of("", { ...rest, resource: listed } as BlockBody).blocks) {
        if (mode === "resource") count(comment);
        add(address, comment);
      }
    }
  }
  return { resources, acknowledged };
}

/**
 * Tells resources that are written as cdktf does it, which nearly all blocks are: they are not copied.
 *
 * @returns what Terraform also reads: sections that are written as lists
 */
function eachResource(section: unknown, tell: (type: string, name: string, body: Body) => void): readonly unknown[] {
  if (!isRecord(section)) return [section].flat();
  const listed: unknown[] = [];
  for (const type of Object.keys(section)) {
    const named = section[type];
    if (!isRecord(named)) {
      listed.push({ [type]: named });
      continue;
    }
    for (const name of Object.keys(named)) {
      const body = named[name];
      if (isRecord(body)) tell(type, name, body);
      else listed.push({ [type]: { [name]: body } });
    }
  }
  return listed;
}

type Body = Readonly<Record<string, unknown>>;
type Comment = Parameters<typeof acknowledgementsIn>[0];

/** Of a stack only counts and comments are taken, so a key that stands twice, whose last value counts for Terraform too, misleads no reader. */
function parsed(files: Folder, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    const bytes = files.bytes(file);
    // Text of one byte a character is parsed in less time.
    value = JSON.parse(bytes.toString(isAscii(bytes) ? "latin1" : "utf8"));
  } catch (error) {
    if (error instanceof ReadError) throw error;
    throw new ReadError(file, "", `must be JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  if (!isRecord(value)) throw new ReadError(file, "", "must be a JSON object: run synth again");
  return value;
}

/** The part of its path behind the stack; empty where there is none */
function ownerOf(comment: unknown): string {
  const metadata = isRecord(comment) ? own(comment, "metadata") : undefined;
  const path = isRecord(metadata) ? own(metadata, "path") : undefined;
  if (typeof path !== "string" || !path.includes("/")) return "";
  const from = path.indexOf("/") + 1;
  const to = path.indexOf("/", from);
  return path.slice(from, to < 0 ? undefined : to);
}
