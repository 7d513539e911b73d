import { measureJson, membersIn } from "../../../iam/duplicate-keys";
import { hasExactLiterals, hasExactNumbers } from "../../jose/exact-numbers";
import type { Value } from "../../json";
import { namesProblem } from "../../member-names";
import { Denial } from "../denial";
import { type HeaderList, single } from "./headers";

/** Objects and lists within each other, the outermost counted */
export const DEEPEST_BODY = 64;

/** A byte order mark is kept, so that it is refused as JSON. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const JSON_TYPE = /^application\/json(?:;\s*charset=utf-8)?$/i;
/** What agents of A2A push as (A2A 1.0, section 4.3.3), besides */
const JSON_OR_A2A_TYPE = /^application\/(?:a2a\+)?json(?:;\s*charset=utf-8)?$/i;
const HALF_A_CHARACTER = /\p{Surrogate}/u;

/**
 * The JSON of a body, where every reader reads the same in it (RFC 7493): also one that takes names without regard to case, as Go's
 * encoding/json does. Undefined if there is no body.
 *
 * @throws Denial `call.header`, `call.content-type`, `call.body`
 */
export function bodyOf(headers: HeaderList, bytes: Uint8Array, type = JSON_TYPE): Value | undefined {
  const encoding = single(headers, "content-encoding");
  if (encoding !== undefined)
    throw Denial.of("call.content-type", `a body with content-encoding ${encoding} is not read`);
  if (bytes.length === 0) return undefined;
  const said = single(headers, "content-type");
  if (said === undefined || !type.test(said)) throw Denial.of("call.content-type");
  return strictBody(bytes);
}

/** The same of an HTTP tool, to which agents push as well. */
export function bodyOfHttp(headers: HeaderList, bytes: Uint8Array): Value | undefined {
  return bodyOf(headers, bytes, JSON_OR_A2A_TYPE);
}

/**
 * Of an action that no agent pushes to
 *
 * @throws Denial `call.content-type`
 */
export function checkNoPush(headers: HeaderList): void {
  if (!JSON_TYPE.test(single(headers, "content-type") ?? "")) throw Denial.of("call.content-type");
}

/** @throws Denial `call.body` */
export function strictBody(bytes: Uint8Array): Value {
  const { members, depth } = measureJson(bytes);
  if (depth > DEEPEST_BODY) throw malformed(`the body must be nested at most ${DEEPEST_BODY} deep`);
  let text: string;
  let value: Value;
  try {
    text = UTF_8.decode(bytes);
    value = JSON.parse(text) as Value;
  } catch {
    throw malformed("the body must be one JSON text in UTF-8");
  }
  if (membersIn(value) !== members) throw malformed("the body must have each member of an object once");
  if (!hasExactNumbers(value) || !hasExactLiterals(text)) {
    throw malformed(
      "the body must have no number beyond 2^53 or with more digits than a double holds: send it as text",
    );
  }
  checkNames(value, text.includes("\\"));
  return value;
}

function checkNames(value: Value, hasEscapes: boolean): void {
  if (typeof value === "string") {
    if (hasEscapes && HALF_A_CHARACTER.test(value)) throw malformed("the body must have no half of a character");
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value as readonly Value[]) checkNames(each, hasEscapes);
    return;
  }
  const names = Object.keys(value);
  if (hasEscapes && names.some((name) => HALF_A_CHARACTER.test(name))) {
    throw malformed("the body must have no half of a character");
  }
  const problem = namesProblem(names);
  if (problem !== undefined) throw malformed(`the body must ${problem}`);
  for (const each of Object.values(value)) checkNames(each, hasEscapes);
}

function malformed(what: string): Denial {
  return Denial.of("call.body", what);
}
