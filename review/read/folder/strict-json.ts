import { isAscii, isUtf8 } from "node:buffer";
import { findDuplicateKey, membersIn, measureJson } from "../../../iam/duplicate-keys";
import { isObject, type Json, type JsonObject } from "../json";
import { ReadError } from "../read-error";

/** Deepest nesting of objects and arrays in one file */
const MAX_DEPTH = 100;

/**
 * The object in a file. JSON that two parsers may read differently is an error.
 *
 * @throws ReadError for encodings other than UTF-8 without a byte order mark, nesting beyond the limit, and duplicate keys
 */
export function strictJsonObject(bytes: Buffer, file: string): JsonObject {
  const value = strictJson(bytes, file);
  if (!isObject(value)) throw new ReadError(file, "", "must be a JSON object: run synth again");
  return value;
}

/** Whether an object of a JSON text may have that key: a fast check, and true if escapes hide the answer */
export function mayHoldKey(bytes: Buffer, key: string): boolean {
  return bytes.includes(`"${key}"`) || bytes.includes("\\u");
}

/** The value of a JSON text within an expression; undefined if it is invalid */
export function strictJsonValue(text: string): Json | undefined {
  try {
    return strictJson(Buffer.from(text), "");
  } catch {
    return undefined;
  }
}

function strictJson(bytes: Buffer, file: string): Json {
  if (!isUtf8(bytes)) throw new ReadError(file, "", "must be UTF-8");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new ReadError(file, "", "begins with a byte order mark: save it without one");
  }
  const { members, depth } = measureJson(bytes);
  if (depth > MAX_DEPTH) throw new ReadError(file, "", `is nested more than ${MAX_DEPTH} levels deep: flatten it`);
  const text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new ReadError(file, "", `must be JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  if (membersIn(value) !== members) throw new ReadError(file, duplicateKey(text), "is written twice: keep one of them");
  return value;
}

/** Path of the first duplicate key, such as `resource.aws_iam_role` */
function duplicateKey(json: string): string {
  const path = findDuplicateKey(json) ?? ["a key"];
  return path.map((at) => (typeof at === "number" ? "*" : at)).join(".");
}
