import { posix } from "node:path";
import { isUtf8 } from "node:buffer";
import { byText } from "../../domain/by-text";
import { type PolicyBundle, readBundle, type ReadPolicy } from "./bundle";
import { layoutOf, type StackFiles } from "./configuration/layout";
import type { DeclaredResource, Stack, UnreadBlock } from "./configuration/stack";
import { stateBlocks } from "./configuration/beside-blocks";
import { StackReader } from "./configuration/stack-reader";
import { digest } from "./expression/value";
import { Folder, ReadCache } from "./folder/folder";
import { mayHoldKey, strictJsonObject } from "./folder/strict-json";
import { isObject, type Json, type JsonObject, member } from "./json";
import { Overlay, type Plan, readPlan } from "./plan/plan";
import { ReadError } from "./read-error";
import { Resolver } from "./reference/resolver";
import type { Beside, Estate, Resource, Unread } from "./resource";

export type { Estate, Place, Resource, Unread } from "./resource";

const REGISTRY = "ambit/registry.json";
const SOURCES = "ambit/sources.json";
const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

/** Most bytes of a file that an expression reads with file() */
const MAX_INLINE_BYTES = 1_000_000;

/**
 * Content of a synthesized folder: CDKTF's output, or Terraform JSON of any origin, with the `plan.json` of
 * `terraform show -json` beside a stack's files, if there is one.
 *
 * Nothing in the folder is trusted. References are resolved when a resource's values are asked for.
 *
 * @param once cache of earlier readings: equal parts are one value
 * @throws ReadError for input that is malformed, or could mislead a reader
 */
export function readEstate(folder: string, once = new ReadCache()): Estate {
  const files = new Folder(folder, once);
  const layout = layoutOf(files);
  const written = new Map(layout.stacks.map((each) => [each.name, configurationOf(each, files)]));
  const stacks = new Map(layout.stacks.map((each) => [each.name, stackOf(each, written.get(each.name) ?? [])]));
  const plans = new Map(
    layout.stacks.flatMap(({ name, plan }): [string, Plan][] =>
      plan === undefined ? [] : [[name, readPlan(files.object(plan), plan)]],
    ),
  );
  const registry = files.objectIfAny(REGISTRY);
  const sources = files.objectIfAny(SOURCES);
  const beside = policyIn(files);
  const bundle = files.has(BUNDLE)
    ? files.readAs("bundle", BUNDLE, (bytes) => readBundle(bytes, BUNDLE, beside))
    : undefined;
  if (layout.isSynthesized) files.readAll();
  return new ReadFolder({
    folder,
    files,
    stacks,
    written: new Map([...written].map(([name, all]) => [name, all.map(({ json }) => json)])),
    overlay: new Overlay(plans),
    registry,
    sources,
    policy: beside?.policy,
    bundle,
    unread: layout.unread,
  });
}

function policyIn(files: Folder): ReadPolicy | undefined {
  if (!files.has(POLICY)) return undefined;
  return files.readAs("policy", POLICY, (bytes) => ({ bytes, policy: strictJsonObject(bytes, POLICY) }));
}

/** A file of a stack as written */
interface Configuration {
  readonly file: string;
  readonly json: JsonObject;
  readonly mayBeDynamic: boolean;
}

function configurationOf({ configuration }: StackFiles, files: Folder): readonly Configuration[] {
  return configuration.map((file) => ({
    file,
    ...files.readAs("configuration", file, (bytes) => ({
      json: strictJsonObject(bytes, file),
      mayBeDynamic: mayHoldKey(bytes, "dynamic"),
    })),
  }));
}

function stackOf({ name, folder }: StackFiles, configuration: readonly Configuration[]): Stack {
  const stack = new StackReader(name, folder);
  for (const { file, json, mayBeDynamic } of configuration) stack.add(file, json, mayBeDynamic);
  return stack;
}

interface Parts {
  readonly folder: string;
  readonly files: Folder;
  readonly stacks: ReadonlyMap<string, Stack>;
  readonly written: Estate["written"];
  readonly overlay: Overlay;
  readonly registry: JsonObject | undefined;
  readonly sources: JsonObject | undefined;
  readonly policy: JsonObject | undefined;
  readonly bundle: PolicyBundle | undefined;
  readonly unread: readonly Unread[];
}

class ReadFolder implements Estate {
  public readonly folder: string;
  public readonly resources: readonly Resource[];
  public readonly files: ReadonlyMap<string, string>;
  public readonly isWhole: boolean;
  public readonly written: Estate["written"];
  public readonly providers: ReadonlyMap<string, JsonObject>;
  public readonly unread: readonly Unread[];
  public readonly besides: readonly Beside[];
  public readonly registry?: JsonObject;
  public readonly sources?: JsonObject;
  public readonly policy?: JsonObject;
  public readonly bundle?: PolicyBundle;
  private readonly byAddress: ReadonlyMap<string, EstateResource>;
  private readonly byType = new Map<string, Resource[]>();
  private readonly resolver: Resolver;

  constructor({ folder, files, stacks, written, overlay, registry, sources, policy, bundle, unread }: Parts) {
    this.folder = folder;
    this.written = written;
    this.files = files.read;
    this.providers = new Map(
      [...stacks].flatMap(([stack, { providers }]) =>
        [...providers].map(([name, settings]): [string, JsonObject] => [`${stack}/${name}`, settings]),
      ),
    );
    this.isWhole = this.files.size === files.files.length;
    if (registry !== undefined) this.registry = registry;
    if (sources !== undefined) this.sources = sources;
    if (policy !== undefined) this.policy = policy;
    if (bundle !== undefined) this.bundle = bundle;
    this.resolver = new Resolver(stacks.values(), {
      digest: digest(JSON.stringify([...this.files])),
      textOf: ({ folder: place }, path) => textOf(files, posix.join(place, path)),
      planned: (declared, attribute) => overlay.planned(declared, attribute),
      plannedVariable: (stack, name) => overlay.plannedVariable(stack, name),
    });
    const resources = [...stacks.values()]
      .flatMap((stack) => [...stack.declared.values()])
      .map((declared) => new EstateResource(declared, this.resolver))
      .sort((a, b) => byText(a.address, b.address));
    this.resources = resources;
    this.byAddress = new Map(resources.map((resource) => [resource.address, resource]));
    for (const resource of resources) {
      const same = this.byType.get(resource.type);
      if (same === undefined) this.byType.set(resource.type, [resource]);
      else same.push(resource);
    }
    this.unread = [
      ...unread,
      ...[...stacks.values()].flatMap((stack) => stack.unread.map((block) => unreadBlock(block, stack, this.resolver))),
      ...overlay.differences(stacks, this.resolver),
    ];
    this.besides = [...stacks.values()].flatMap((stack) =>
      [...stack.besides, ...stateBlocks(stack)].map(({ content, ...beside }) => ({
        ...beside,
        text: this.resolver.digestOf(content, stack),
      })),
    );
  }

  public of(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  public at(address: string): Resource | undefined {
    return this.byAddress.get(address);
  }

  public attribute(resource: Resource, name: string): Json {
    const known = this.byAddress.get(resource.address);
    if (known === undefined) throw new Error(`${resource.address} is not in ${this.folder}: ask the estate it is from`);
    return known.attribute(name);
  }
}

class EstateResource implements Resource {
  public readonly address: string;
  public readonly stack: string;
  public readonly mode: "managed" | "data";
  public readonly type: string;
  public readonly name: string;
  public readonly file: string;
  public readonly path?: string;
  public readonly readsStack?: string;
  public readonly repeats?: "count" | "for_each";
  private resolved: JsonObject | undefined;
  private attributes: Map<string, Json> | undefined;

  constructor(
    public readonly declared: DeclaredResource,
    private readonly resolver: Resolver,
  ) {
    this.address = declared.address;
    this.stack = declared.stack.name;
    this.mode = declared.mode;
    this.type = declared.type;
    this.name = declared.name;
    this.file = declared.file;
    const path = constructPath(declared.body);
    if (path !== undefined) this.path = path;
    const read = declared.type === "terraform_remote_state" ? resolver.states.producerOf(declared) : undefined;
    if (read !== undefined) this.readsStack = read.name;
    if (declared.repeats !== undefined) this.repeats = declared.repeats;
  }

  public get values(): JsonObject {
    this.resolved ??= this.resolver.arguments(this.declared);
    return this.resolved;
  }

  public attribute(name: string): Json {
    this.attributes ??= new Map();
    const known = this.attributes.get(name) ?? this.resolver.attribute(this.declared, [name]);
    this.attributes.set(name, known);
    return known;
  }
}

function unreadBlock({ content, ...block }: UnreadBlock, stack: Stack, resolver: Resolver): Unread {
  return content === undefined ? block : { ...block, why: `${block.why} (#${resolver.digestOf(content, stack)})` };
}

function constructPath(body: JsonObject): string | undefined {
  const comment = member(body, "//");
  const metadata = isObject(comment) ? member(comment, "metadata") : undefined;
  const path = isObject(metadata) ? member(metadata, "path") : undefined;
  return typeof path === "string" ? path : undefined;
}

function textOf(files: Folder, path: string): string | undefined {
  if (!files.has(path)) return undefined;
  try {
    const bytes = files.bytes(path);
    return bytes.length <= MAX_INLINE_BYTES && isUtf8(bytes) ? bytes.toString() : undefined;
  } catch (error) {
    if (error instanceof ReadError) return undefined;
    throw error;
  }
}
