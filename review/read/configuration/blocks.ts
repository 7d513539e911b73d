import { isObject, type Json, type JsonObject, asList, member, show } from "../json";
import { ReadError } from "../read-error";

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** Place of a block, for errors */
export interface BlockPlace {
  readonly file: string;
  readonly place: string;
}

/** The member `key` of a file: labels and the blocks under them, in Terraform's forms of one object or several */
export function labelledBlocks(parent: JsonObject, key: string, at: BlockPlace): readonly (readonly [string, Json])[] {
  const value = member(parent, key);
  if (value === undefined || value === null) return [];
  const place = at.place === "" ? key : `${at.place}.${key}`;
  return asList(value).flatMap((object) => {
    if (!isObject(object))
      throw new ReadError(at.file, place, `must be an object, got ${show(object)}: run synth again`);
    return Object.entries(object).filter(([label]) => {
      if (label === "//") return false;
      if (!NAME.test(label)) throw new ReadError(at.file, place, `${show(label)} is no name: rename it`);
      return true;
    });
  });
}

/** A block that occurs once, as an object or as a list of one */
export function body(value: Json, at: BlockPlace): JsonObject {
  const [only, ...more] = asList(value);
  if (more.length > 0) throw new ReadError(at.file, at.place, "is declared twice: keep one of them");
  if (!isObject(only)) throw new ReadError(at.file, at.place, `must be an object, got ${show(value)}: run synth again`);
  return only;
}

/** Without cdktf's comment; inside nested blocks `//` is an ordinary key. */
export function withoutComment(block: JsonObject): JsonObject {
  const { "//": _, ...rest } = block;
  return rest;
}

export function put<Value>(map: Map<string, Value>, key: string, value: Value, at: BlockPlace): void {
  if (map.has(key)) throw new ReadError(at.file, at.place, "is declared twice: keep one of them");
  map.set(key, value);
}
