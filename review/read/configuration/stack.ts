import type { Json, JsonObject } from "../json";
import type { Beside, Unread } from "../resource";

/** A resource or data source as it is written */
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

/** What is not read, with its text: another text is another unread thing */
export interface UnreadBlock extends Unread {
  readonly content?: Json;
}

/** A block that is no resource, with its text */
export interface StackBlock extends Omit<Beside, "text"> {
  readonly content: Json;
}

export interface Backend {
  readonly type: string;
  readonly settings: JsonObject;
  readonly file: string;
}

/** One root module of Terraform: what is applied together */
export interface Stack {
  readonly name: string;
  /** Path of its folder; empty for the folder that is read itself */
  readonly folder: string;
  /** By `<type>.<name>` or `data.<type>.<name>` */
  readonly declared: ReadonlyMap<string, DeclaredResource>;
  readonly locals: ReadonlyMap<string, Json>;
  readonly variables: ReadonlyMap<string, JsonObject>;
  readonly outputs: ReadonlyMap<string, JsonObject>;
  readonly modules: ReadonlyMap<string, JsonObject>;
  /** By `<name>` or `<name>.<alias>` */
  readonly providers: ReadonlyMap<string, JsonObject>;
  /** Where its state lies; undefined for Terraform's default */
  readonly backend?: Backend;
  readonly unread: readonly UnreadBlock[];
  readonly besides: readonly StackBlock[];
}
