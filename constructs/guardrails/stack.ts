import type { Json } from "../../domain";
import { commentOf } from "../../domain/written-acknowledgements";
import { isObject, type BlockBody } from "./value";
import type { Block, BlockMode } from "./block";
import type { DeclaredRoles } from "./declared-roles";
import type { KnownIssuers } from "./issuers";

/** One root module of Terraform, as JSON: what rules look at */
export class StackJson {
  private readonly byAddress = new Map<string, Block>();
  private readonly byType = new Map<string, Block[]>();

  /**
   * @param name of the stack, for reports
   * @param blocks in the order of the files
   * @param evaluate the text that an expression stands for, where a reader knows it; by default none is known
   */
  constructor(
    public readonly name: string,
    public readonly blocks: readonly Block[],
    public readonly evaluate: (block: Block, attribute: string) => string | undefined = () => undefined,
    /** The blocks `locals`, as they are written */
    public readonly locals: readonly Json[] = [],
    /** The platform's images by name; undefined where the platform is not known, as in a lint */
    public readonly images: Readonly<Record<string, string>> | undefined = undefined,
    /** The platform's issuers; left out where only the stack itself tells */
    public readonly issuers: (() => KnownIssuers) | undefined = undefined,
    /** The roles of all declared agents; left out where no declarations are known */
    public readonly agents: (() => DeclaredRoles) | undefined = undefined,
  ) {
    for (const block of blocks) {
      this.byAddress.set(block.address, block);
      const key = typeKey(block);
      const kind = this.byType.get(key);
      if (kind === undefined) this.byType.set(key, [block]);
      else kind.push(block);
    }
  }

  /** @param json one document of Terraform JSON, or several that belong together */
  public static of(
    name: string,
    json: BlockBody | readonly BlockBody[],
    evaluate?: StackJson["evaluate"],
    images?: StackJson["images"],
    issuers?: StackJson["issuers"],
    agents?: StackJson["agents"],
  ): StackJson {
    const documents = [json].flat();
    const locals = documents.flatMap((each) => listOf(each["locals"])) as readonly Json[];
    return new StackJson(name, documents.flatMap(blocksIn), evaluate, locals, images, issuers, agents);
  }

  /** Resources of this type; data sources by `data.<type>`, providers by `provider.<name>` */
  public of(type: string): readonly Block[] {
    return this.byType.get(type) ?? [];
  }

  public get types(): Iterable<string> {
    return this.byType.keys();
  }

  public at(address: string): Block | undefined {
    return this.byAddress.get(address);
  }

  /** What a text such as `${aws_iam_role.worker.name}` refers to, and by which attribute */
  public referred(text: unknown): { readonly block: Block; readonly attribute: string } | undefined {
    if (typeof text !== "string") return undefined;
    const found = REFERENCE.exec(text);
    const block = found === null ? undefined : this.at(found[1] as string);
    return block === undefined ? undefined : { block, attribute: found?.[2] as string };
  }
}

/** An instance is of its block, by number (`[0]`), key (`["a"]`) or the instance around it (`[count.index]`). */
const REFERENCE = /^\$\{((?:(?:data|ephemeral)\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)(?:\[[^[\]]*\])?\.([A-Za-z_]\w*)\}$/;

/** What rules name a block by */
export function typeKey({ mode, type }: Block): string {
  if (mode === "resource") return type;
  return type === "" ? mode : `${mode}.${type}`;
}

/** Labels of each kind of block: type and name, name alone, or none */
const NESTED: Readonly<Record<string, BlockMode>> = {
  resource: "resource",
  data: "data",
  ephemeral: "ephemeral",
  action: "action",
};
const FLAT: Readonly<Record<string, BlockMode>> = {
  provider: "provider",
  output: "output",
  variable: "variable",
  module: "module",
};

/**
 * Read elsewhere, or nothing to judge: `import` and `moved` say which resource a block is about, and the block is judged; `//` is a comment.
 */
const OTHERS = new Set([
  ...Object.keys({ ...NESTED, ...FLAT }),
  ...["check", "import", "locals", "moved", "removed", "terraform", "//"],
]);

function blocksIn(json: BlockBody): readonly Block[] {
  // A spread into `push` has a limit of arguments.
  const blocks = Object.entries(NESTED).flatMap(([key, mode]) => labelled(mode, json[key]));
  blocks.push(...checkedIn(json["check"]));
  for (const [key, mode] of Object.entries(FLAT)) {
    for (const [name, body] of entriesOf(json[key])) {
      for (const each of listOf(body)) blocks.push(blockOf(mode, mode === "provider" ? name : "", name, each));
    }
  }
  for (const settings of listOf(json["terraform"])) {
    blocks.push(blockOf("terraform", "", "", settings));
    for (const [type, body] of entriesOf(settings["backend"])) {
      for (const each of listOf(body)) blocks.push(blockOf("backend", type, type, each));
    }
    // Where HCP Terraform keeps the state
    for (const each of listOf(settings["cloud"])) blocks.push(blockOf("backend", "cloud", "cloud", each));
    blocks.push(...pluggedIn(settings));
  }
  for (const each of listOf(json["locals"])) blocks.push(blockOf("locals", "", "", each));
  for (const each of listOf(json["removed"])) blocks.push(blockOf("removed", "", namedIn(each["from"]), each));
  for (const [key, value] of Object.entries(json)) {
    if (OTHERS.has(key)) continue;
    const bodies = listOf(value);
    for (const each of bodies.length > 0 ? bodies : [{ value }]) blocks.push(blockOf("unknown", key, "", each));
  }
  return blocks;
}

/** What `terraform` holds beside the backend */
const SETTINGS = new Set([
  "//",
  "backend",
  "cloud",
  "encryption",
  "experiments",
  "provider_meta",
  "required_providers",
  "required_version",
]);

/** A state store, which a provider is, and settings that Terraform does not have */
function pluggedIn(settings: BlockBody): readonly Block[] {
  const blocks: Block[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (SETTINGS.has(key)) continue;
    const stores = key === "state_store" ? entriesOf(value) : [];
    for (const [type, body] of stores)
      for (const each of listOf(body)) blocks.push(blockOf("backend", `${key}.${type}`, `${key}.${type}`, each));
    if (key !== "state_store") blocks.push(blockOf("unknown", `terraform.${key}`, "", { value }));
  }
  return blocks;
}

/** Data sources of checks, which are read at each plan, and share their addresses with the others */
function checkedIn(value: unknown): readonly Block[] {
  return entriesOf(value).flatMap(([, body]) => listOf(body).flatMap((each) => labelled("data", each["data"])));
}

function labelled(mode: BlockMode, value: unknown): readonly Block[] {
  return entriesOf(value).flatMap(([type, names]) => listOf(names).flatMap((each) => named(mode, type, each)));
}

function named(mode: BlockMode, type: string, names: BlockBody): readonly Block[] {
  const blocks: Block[] = [];
  for (const name of Object.keys(names)) {
    if (name === "//") continue;
    for (const each of listOf(names[name])) blocks.push(blockOf(mode, type, name, each));
  }
  return blocks;
}

function blockOf(mode: BlockMode, type: string, name: string, json: BlockBody): Block {
  const { "//": comment, ...body } = json;
  const told = commentOf(comment) as BlockBody;
  const metadata = isObject(told["metadata"]) ? told["metadata"] : {};
  const path = metadata["path"];
  return {
    mode,
    address: addressOf(mode, type, name),
    type,
    name,
    body,
    comment: told,
    ...(typeof path === "string" && { path }),
  };
}

function addressOf(mode: BlockMode, type: string, name: string): string {
  if (mode === "resource") return `${type}.${name}`;
  if (mode === "data" || mode === "ephemeral" || mode === "action") return `${mode}.${type}.${name}`;
  if (mode === "unknown") return type;
  return name === "" ? mode : `${mode}.${name}`;
}

/** A reference, which HCL2JSON writes as an expression */
function namedIn(reference: unknown): string {
  return typeof reference === "string" ? reference.replace(/^\$\{|\}$/g, "") : "";
}

/** Labels and what they hold, of an object or a list of them, without comments */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return listOf(value)
    .flatMap((object) => Object.entries(object))
    .filter(([label]) => label !== "//");
}

function listOf(value: unknown): readonly BlockBody[] {
  if (Array.isArray(value)) return (value as readonly unknown[]).filter(isObject);
  return isObject(value) ? [value] : [];
}
