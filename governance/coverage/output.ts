import type { BlockBody } from "../../constructs/guardrails/value";
import type { Block } from "../../constructs/guardrails/block";
import type { StackJson } from "../../constructs/guardrails/stack";
import type { RegistryDocument, Sensitivity } from "../../domain";
import { isRecord } from "../../domain/is-record";
import type { RegistryAgent } from "../../domain/registry/document";
import type { Registry } from "../../review/reach/declared/registry";
import { isCertain } from "./certain";

/** An agent of the registry */
export interface DeclaredAgent {
  readonly name: string;
  readonly entry: RegistryAgent<Sensitivity>;
  /** Its address in the registry, as guardrails write it, which many safeguards show */
  readonly addresses: readonly [string];
}

/** A resource of the output */
export interface Located {
  /** `<stack>/<type>.<name>` */
  readonly address: string;
  readonly stack: StackJson;
  readonly block: Block;
}

export interface OutputProps {
  readonly registry: Registry;
  /** The registry as it is written, which guardrails judge */
  readonly written: RegistryDocument;
  /** What policy engines know, as it is written; empty where there is none */
  readonly policy: Readonly<Record<string, unknown>>;
  readonly stacks: readonly StackJson[];
  /** `YYYY-MM-DD` on which agents and acknowledgements may have ended */
  readonly day: string;
}

/** What synth wrote, as evidence is looked up in it: each kind of resource is indexed once, when it is asked for. */
export class Output {
  public readonly registry: Registry;
  public readonly written: RegistryDocument;
  public readonly policy: OutputProps["policy"];
  public readonly stacks: readonly StackJson[];
  public readonly day: string;
  public readonly agents: readonly DeclaredAgent[];
  private readonly byType = new Map<string, readonly Located[]>();
  private readonly certain = new Map<string, readonly Located[]>();
  private readonly indexes = new Map<string, ReadonlyMap<string, readonly Located[]>>();

  constructor({ registry, written, policy, stacks, day }: OutputProps) {
    this.registry = registry;
    this.written = written;
    this.policy = policy;
    this.stacks = stacks;
    this.day = day;
    this.agents = Object.entries(registry.agents).map(([name, entry]) => ({
      name,
      entry,
      addresses: [`agent.${name}`],
    }));
  }

  /** Resources of this type in all stacks that are made once, as they are written: what may count as evidence */
  public of(type: string): readonly Located[] {
    const known = this.certain.get(type) ?? this.all(type).filter(({ block }) => isCertain(block));
    this.certain.set(type, known);
    return known;
  }

  /** All resources of this type, in all stacks: those too that may come out otherwise, and could undo a protection */
  public all(type: string): readonly Located[] {
    const known = this.byType.get(type);
    if (known !== undefined) return known;
    const found = this.stacks.flatMap((stack) =>
      stack.of(type).map((block) => ({ address: `${stack.name}/${block.address}`, stack, block })),
    );
    this.byType.set(type, found);
    return found;
  }

  /** Those of a type that have this key. `keyOf` must be the same function for the same type and index. */
  public by(
    index: string,
    type: string,
    key: string,
    keyOf: (located: Located) => string | undefined,
  ): readonly Located[] {
    const name = `${index} ${type}`;
    const known = this.indexes.get(name) ?? groupedBy(this.of(type), keyOf);
    this.indexes.set(name, known);
    return known.get(key) ?? [];
  }

  /** Objects of Kubernetes by their names, such as `kubernetes_config_map_v1` */
  public object(type: string, namespace: string, name: string): readonly Located[] {
    return this.by("object", type, `${namespace}/${name}`, objectKey);
  }

  /** As `manifests`, with those that may come out otherwise */
  public allManifests(kind: string): readonly Located[] {
    return this.all("kubernetes_manifest").filter(({ block }) => textIn(manifestOf(block.body), "kind") === kind);
  }

  /** Objects of a `kubernetes_manifest` by kind */
  public manifests(kind: string): readonly Located[] {
    return this.by("kind", "kubernetes_manifest", kind, ({ block }) => textIn(manifestOf(block.body), "kind"));
  }
}

export function addressesOf(located: readonly Located[]): readonly string[] {
  return located.map(({ address }) => address);
}

/** The first of blocks that are written as an object or as a list of one */
export function inner(body: unknown, name: string): BlockBody {
  const value = isRecord(body) ? body[name] : undefined;
  const first = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  return isRecord(first) ? (first as BlockBody) : {};
}

export function manifestOf(body: BlockBody): BlockBody {
  return inner(body, "manifest");
}

export function textIn(body: unknown, name: string): string | undefined {
  const value = isRecord(body) ? body[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** JSON in a text, or an object that is empty for what cannot be read: it is no evidence then. */
export function jsonIn(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

/** A value within objects, by its path */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (held, key) => (isRecord(held) && Object.hasOwn(held, key) ? held[key] : undefined),
    value,
  );
}

function objectKey({ block }: Located): string | undefined {
  const metadata = inner(block.body, "metadata");
  const name = textIn(metadata, "name");
  return name === undefined ? undefined : `${textIn(metadata, "namespace") ?? ""}/${name}`;
}

function groupedBy(
  all: readonly Located[],
  keyOf: (located: Located) => string | undefined,
): ReadonlyMap<string, readonly Located[]> {
  const groups = new Map<string, Located[]>();
  for (const located of all) {
    const key = keyOf(located);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [located]);
    else group.push(located);
  }
  return groups;
}
