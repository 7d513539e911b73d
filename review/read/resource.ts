import type { PolicyBundle } from "./bundle";
import { type Json, type JsonObject, isObject, member } from "./json";
import type { RegistryDocument } from "../../domain";

export interface Place {
  readonly file: string;
  readonly address: string;
  readonly attribute?: string;
}

/** Something that stands in the configuration and could not be read: it may hold anything. */
export interface Unread {
  readonly place: Place;
  readonly why: string;
}

/** What a block beside the resources is about: what is published, where the state lies, what is taken over, what is read */
export type BesideKind = "output" | "terraform" | "provider" | "import" | "moved" | "check";

/** A block of a stack that grants no access itself, and may disclose what the stack holds */
export interface Beside {
  readonly kind: BesideKind;
  /** With an address that stands for the block in two estates, such as `foundation/output.issuer` */
  readonly place: Place;
  /** Equal only for equal text, with references resolved */
  readonly text: string;
  /** Of a local state that is named as cdktf names it: its folder, which may be that of the checkout and is no part of the text */
  readonly stateFolder?: string;
}

export interface Resource {
  /** `<stack>/<type>.<name>`, for data `<stack>/data.<type>.<name>` */
  readonly address: string;
  /** Folder of its file; `root` for the folder that is read itself */
  readonly stack: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** In the tree of constructs, where CDKTF wrote it */
  readonly path?: string;
  /** Relative to the folder that is read */
  readonly file: string;
  /**
   * The arguments, with references replaced by what they stand for where that follows from the configuration.
   *
   * What is left stays inside strings as `${…}`, with the address of what it refers to: `${foundation/aws_kms_key.k.arn}`.
   * Two of them are equal only where they stand for the same value. A `${` that is plain text is written `$${`, as
   * Terraform writes it, and `%{` is `%%{`.
   */
  readonly values: JsonObject;
  /** Several instances, or none */
  readonly repeats?: "count" | "for_each";
}

/** Everything that was found in a synthesized folder */
export interface Estate {
  readonly folder: string;
  /** Sorted by address */
  readonly resources: readonly Resource[];
  of(type: string): readonly Resource[];
  at(address: string): Resource | undefined;
  /** An argument or an attribute that AWS adds, such as `arn`, written as in {@link Resource.values} */
  attribute(resource: Resource, name: string): Json;
  /** Terraform JSON of each stack as it is written, by the name of the stack */
  readonly written: ReadonlyMap<string, readonly JsonObject[]>;
  readonly registry?: JsonObject;
  readonly sources?: JsonObject;
  /** What policy engines know of the fleet */
  readonly policy?: JsonObject;
  readonly bundle?: PolicyBundle;
  /** Settings of each provider as they are written, by `<stack>/<name>` */
  readonly providers: ReadonlyMap<string, JsonObject>;
  /** SHA-256 of everything read, by path */
  readonly files: ReadonlyMap<string, string>;
  /** Whether everything in the folder was read: so it is where synth wrote it */
  readonly isWhole: boolean;
  readonly unread: readonly Unread[];
  readonly besides: readonly Beside[];
}

/** An estate in which there is nothing: all of another is more. */
export const EMPTY_ESTATE: Estate = {
  folder: "",
  resources: [],
  of: () => [],
  at: () => undefined,
  attribute: () => null,
  providers: new Map(),
  files: new Map(),
  written: new Map(),
  isWhole: true,
  unread: [],
  besides: [],
};

/** Resources of a type, but for those of which there is none */
export function resourcesOf(estate: Estate, type: string): readonly Resource[] {
  return estate.of(type).filter(({ values }) => values["count"] !== 0 && values["count"] !== "0");
}

const AGENTS = "agents" satisfies keyof RegistryDocument;

/** By name, of a registry that may be anything: one that cannot be read as a whole still names its agents */
export function agentsOf(registry: unknown): JsonObject {
  const agents = isObject(registry) ? member(registry, AGENTS) : undefined;
  return isObject(agents) ? agents : {};
}
