import type { Json, JsonObject } from "../json";
import type { Beside, Unread } from "../resource";

/** A resource or data source as written */
export interface DeclaredResource {
  readonly address: string;
  readonly stack: Stack;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly file: string;
  readonly body: JsonObject;
  readonly repeats?: "count" | "for_each";
}

/** An unread part with its text: changed text is a different unread part */
export interface UnreadBlock extends Unread {
  readonly content?: Json;
}

/** A block that is not a resource, with its text */
export interface StackBlock extends Omit<Beside, "text"> {
  readonly content: Json;
}

export interface Backend {
  readonly type: string;
  readonly settings: JsonObject;
  readonly file: string;
}

/** A root module of Terraform, applied as one */
export interface Stack {
  readonly name: string;
  /** Path of its folder; empty for the top folder */
  readonly folder: string;
  /** By `<type>.<name>` or `data.<type>.<name>` */
  readonly declared: ReadonlyMap<string, DeclaredResource>;
  readonly locals: ReadonlyMap<string, Json>;
  readonly variables: ReadonlyMap<string, JsonObject>;
  readonly outputs: ReadonlyMap<string, JsonObject>;
  readonly modules: ReadonlyMap<string, JsonObject>;
  /** By `<name>` or `<name>.<alias>` */
  readonly providers: ReadonlyMap<string, JsonObject>;
  /** Location of its state; undefined for Terraform's default */
  readonly backend?: Backend;
  readonly unread: readonly UnreadBlock[];
  readonly besides: readonly StackBlock[];
}
