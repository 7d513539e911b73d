import type { PolicyBundle } from "./bundle";
import { type Json, type JsonObject, isObject, member } from "./json";
import type { RegistryDocument } from "../../domain";

export interface Place {
  readonly file: string;
  readonly address: string;
  readonly attribute?: string;
}

/** A part of the configuration that could not be read: it may hold anything. */
export interface Unread {
  readonly place: Place;
  readonly why: string;
  /** True for what may deny something, or take it away: if it is removed, the effect is unknown too. */
  readonly mayDeny?: true;
}

/** Subject of a block beside the resources: published values, location of the state, adopted resources, checks */
export type BesideKind = "output" | "terraform" | "provider" | "import" | "moved" | "check";

/** A block of a stack that grants no access itself, and may disclose content of the stack */
export interface Beside {
  readonly kind: BesideKind;
  /** Its address identifies the block in two estates, such as `foundation/output.issuer` */
  readonly place: Place;
  /** Equal only for equal text, with references resolved */
  readonly text: string;
  /** For a local state with cdktf's default name: its folder, which may be the checkout's and is not part of the text */
  readonly stateFolder?: string;
}

export interface Resource {
  /** `<stack>/<type>.<name>`, for data `<stack>/data.<type>.<name>` */
  readonly address: string;
  /** Folder of its file; `root` for the top folder */
  readonly stack: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  /** Its path in the construct tree, if CDKTF wrote it */
  readonly path?: string;
  /** Relative to the folder that is read */
  readonly file: string;
  /**
   * The arguments, with references replaced by values that follow from the configuration.
   *
   * The others stay inside strings as `${…}`, with the referenced address: `${foundation/aws_kms_key.k.arn}`.
   * Two of them are equal only if they have the same value. A literal `${` is written `$${`, as
   * Terraform writes it, and `%{` is `%%{`.
   */
  readonly values: JsonObject;
  /** For a `terraform_remote_state`: the stack of the folder whose state it reads; undefined for any other state */
  readonly readsStack?: string;
  /** Several instances, or none */
  readonly repeats?: "count" | "for_each";
}

/** Content of a synthesized folder */
export interface Estate {
  readonly folder: string;
  /** Sorted by address */
  readonly resources: readonly Resource[];
  of(type: string): readonly Resource[];
  at(address: string): Resource | undefined;
  /** An argument or an attribute that AWS adds, such as `arn`, written as in {@link Resource.values} */
  attribute(resource: Resource, name: string): Json;
  /** Terraform JSON of each stack as written, by the name of the stack */
  readonly written: ReadonlyMap<string, readonly JsonObject[]>;
  readonly registry?: JsonObject;
  readonly sources?: JsonObject;
  /** Data of the policy engines about the fleet */
  readonly policy?: JsonObject;
  readonly bundle?: PolicyBundle;
  /** Settings of each provider as written, by `<stack>/<name>` */
  readonly providers: ReadonlyMap<string, JsonObject>;
  /** SHA-256 of everything read, by path */
  readonly files: ReadonlyMap<string, string>;
  /** Whether every file of the folder was read, as is the case for output of synth */
  readonly isWhole: boolean;
  readonly unread: readonly Unread[];
  readonly besides: readonly Beside[];
}

/** An empty estate: everything in another one is more. */
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

/** Resources of `type`, without those that have no instance */
export function resourcesOf(estate: Estate, type: string): readonly Resource[] {
  return estate.of(type).filter(({ values }) => values["count"] !== 0 && values["count"] !== "0");
}

const AGENTS = "agents" satisfies keyof RegistryDocument;

/** By name. The registry may be anything: even one that cannot be read as a whole names its agents */
export function agentsOf(registry: unknown): JsonObject {
  const agents = isObject(registry) ? member(registry, AGENTS) : undefined;
  return isObject(agents) ? agents : {};
}
