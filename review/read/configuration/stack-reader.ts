import { isObject, type Json, type JsonObject, asList, member, show } from "../json";
import { besidesIn } from "./beside-blocks";
import { body, labelledBlocks, put } from "./blocks";
import { unreadLifecycle } from "./lifecycle";
import { unreadRemoved } from "./removed";
import type { Backend, DeclaredResource, Stack, StackBlock, UnreadBlock } from "./stack";

const READ = new Set([
  "//",
  "data",
  "locals",
  "module",
  "output",
  "provider",
  "removed",
  "resource",
  "terraform",
  "variable",
]);
/** Once they are gone, nothing of them is left that could deny something. */
const EPHEMERAL = new Set(["action", "ephemeral", "list"]);
/** They are not resources: {@link besidesIn} reads them. */
const BESIDES = new Set(["check", "import", "moved"]);

/** Registries of these providers */
const PUBLISHERS = ["", "hashicorp/", "registry.terraform.io/hashicorp/", "registry.opentofu.org/hashicorp/"];

/** Merges the files of one folder, as Terraform does. */
export class StackReader implements Stack {
  public readonly declared = new Map<string, DeclaredResource>();
  public readonly locals = new Map<string, Json>();
  public readonly variables = new Map<string, JsonObject>();
  public readonly outputs = new Map<string, JsonObject>();
  public readonly modules = new Map<string, JsonObject>();
  public readonly providers = new Map<string, JsonObject>();
  public backend?: Backend;
  public readonly unread: UnreadBlock[] = [];
  public readonly besides: StackBlock[] = [];

  constructor(
    public readonly name: string,
    public readonly folder: string,
  ) {}

  /**
   * @param mayBeDynamic false if no key of the file is `dynamic`
   * @throws ReadError for files that Terraform would refuse, such as a resource declared twice
   */
  public add(file: string, json: JsonObject, mayBeDynamic: boolean): void {
    const at = { file, place: "" };
    for (const key of Object.keys(json)) {
      if (READ.has(key) || BESIDES.has(key)) continue;
      this.cannotRead(
        file,
        key,
        `blocks of the kind ${show(key)} are not read: write resource, data or locals`,
        json[key],
        !EPHEMERAL.has(key),
      );
    }
    const added = [...this.addResources(json, "resource", file), ...this.addResources(json, "data", file)];
    for (const declared of added) {
      if (mayBeDynamic) this.addDynamic(declared);
      this.addLifecycle(declared);
    }
    for (const [name, value] of labelledBlocks(json, "locals", at))
      put(this.locals, name, value, { file, place: `local.${name}` });
    this.addNamed(this.variables, json, "variable", file);
    this.addNamed(this.outputs, json, "output", file);
    this.addNamed(this.modules, json, "module", file);
    for (const [name, content] of labelledBlocks(json, "module", at)) {
      this.cannotRead(
        file,
        `module.${name}`,
        "what a module declares is not read: write its resources here",
        content,
        true,
      );
    }
    this.addProviders(json, file);
    this.addTerraform(json, file);
    this.addRemoved(json, file);
    this.besides.push(...besidesIn(json, this.name, file));
  }

  private addResources(json: JsonObject, kind: "resource" | "data", file: string): readonly DeclaredResource[] {
    const added: DeclaredResource[] = [];
    for (const [type, names] of labelledBlocks(json, kind, { file, place: "" })) {
      for (const [name, value] of labelledBlocks({ [type]: names }, type, { file, place: kind })) {
        const key = kind === "data" ? `data.${type}.${name}` : `${type}.${name}`;
        const at = { file, place: `${kind}.${type}.${name}` };
        const written = body(value, at);
        const repeats = ["count", "for_each"].find((each) => (member(written, each) ?? null) !== null);
        const declared: DeclaredResource = {
          address: `${this.name}/${key}`,
          stack: this,
          mode: kind === "data" ? "data" : "managed",
          type,
          name,
          file,
          body: written,
          ...(repeats !== undefined && { repeats: repeats as "count" | "for_each" }),
        };
        put(this.declared, key, declared, at);
        added.push(declared);
      }
    }
    return added;
  }

  private addDynamic({ file, address, body: written }: DeclaredResource): void {
    const attribute = dynamicIn(written);
    if (attribute === undefined) return;
    const why = "a dynamic block makes other blocks at apply, which are not known here: write them out";
    this.unread.push({ place: { file, address, attribute }, why, mayDeny: true });
  }

  private addLifecycle({ file, address, body: written }: DeclaredResource): void {
    for (const { attribute, ...unread } of unreadLifecycle(written))
      this.unread.push({ place: { file, address, attribute }, ...unread });
  }

  private addNamed(map: Map<string, JsonObject>, json: JsonObject, kind: string, file: string): void {
    for (const [name, value] of labelledBlocks(json, kind, { file, place: "" })) {
      const at = { file, place: `${kind}.${name}` };
      put(map, name, body(value, at), at);
    }
  }

  private addProviders(json: JsonObject, file: string): void {
    for (const [name, value] of labelledBlocks(json, "provider", { file, place: "" })) {
      for (const each of asList(value)) {
        const at = { file, place: `provider.${name}` };
        const settings = body(each, at);
        const alias = member(settings, "alias");
        put(this.providers, typeof alias === "string" ? `${name}.${alias}` : name, settings, at);
      }
    }
  }

  private addTerraform(json: JsonObject, file: string): void {
    const at = { file, place: "terraform" };
    for (const each of asList(member(json, "terraform") ?? {})) {
      const block = body(each, at);
      for (const [type, value] of labelledBlocks(block, "backend", at))
        this.backend = { type, settings: body(value, at), file };
      for (const [name, value] of labelledBlocks(block, "required_providers", at))
        this.checkPublisher(name, value, file);
    }
  }

  private checkPublisher(name: string, requirement: Json, file: string): void {
    const source = isObject(requirement) ? (member(requirement, "source") ?? name) : name;
    if (!["aws", "kubernetes"].includes(name) || PUBLISHERS.some((publisher) => source === `${publisher}${name}`))
      return;
    const why = `the provider comes from ${show(source)}, so its resources may mean anything: use hashicorp/${name}`;
    this.cannotRead(file, `terraform.required_providers.${name}`, why);
  }

  private addRemoved(json: JsonObject, file: string): void {
    for (const each of asList(member(json, "removed") ?? []))
      for (const { why, content } of unreadRemoved(body(each, { file, place: "removed" })))
        this.cannotRead(file, "removed", why, content);
  }

  private cannotRead(file: string, place: string, why: string, content?: Json, mayDeny = false): void {
    const block = { place: { file, address: `${this.name}/${place}` }, why, ...(mayDeny && { mayDeny }) };
    this.unread.push(content === undefined ? block : { ...block, content });
  }
}

/** Path of the first dynamic block in a body */
function dynamicIn(value: Json): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const key in value) {
    const each = (value as JsonObject)[key] as Json;
    if (key === "dynamic" && typeof each === "object" && each !== null) return key;
    const inner = dynamicIn(each);
    if (inner !== undefined) return `${key}.${inner}`;
  }
  return undefined;
}
