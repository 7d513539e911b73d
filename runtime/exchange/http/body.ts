import { inTime } from "../../in-time";
import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";

/** Bytes of a request's body */
export const BODY_BYTES = 64 * 1_024;
/** For a body to arrive, so that there is time left to say what else is wrong: first of all who is not authenticated */
export const BODY_MILLISECONDS = 5_000;

/** Parameters of a form: those of docs/exchange.md are fewer than 20. */
export const MOST_PARAMETERS = 64;

const FORM = /^application\/x-www-form-urlencoded(\s*;\s*charset=("?)utf-8\2)?\s*$/i;
/** What a form writes otherwise than it is */
const ENCODED = /[%+]/;
const UTF_8 = new TextDecoder("utf-8", { fatal: true });
const JSON_TYPE = /^application\/json(\s*;\s*charset=("?)utf-8\2)?\s*$/i;

/** @throws Refusal `request.too-large`, `request.malformed` */
export async function readForm(request: Request): Promise<Form> {
  return formOf(await textOf(request, FORM, "application/x-www-form-urlencoded"));
}

/** @throws Refusal `request.too-large`, `request.malformed` */
export async function readJson(request: Request): Promise<unknown> {
  return jsonOf(await readJsonText(request));
}

/**
 * The body unchanged, because signatures may cover it
 *
 * @throws Refusal `request.too-large`, `request.malformed`
 */
export function readJsonText(request: Request): Promise<string> {
  return textOf(request, JSON_TYPE, "application/json");
}

/** @throws Refusal `request.malformed` */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw Refusal.of("request.malformed", "the body is not JSON");
  }
}

/** Unlike `URLSearchParams`, which reads every text somehow, it refuses what is not UTF-8. */
export function formOf(text: string): Form {
  if (text === "") return [];
  const pairs = text.split("&", MOST_PARAMETERS + 1);
  if (pairs.length > MOST_PARAMETERS) {
    throw Refusal.of("request.malformed", `the form has more than ${MOST_PARAMETERS} parameters`);
  }
  return pairs.map((pair) => {
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [decoded(name), decoded(value)] as const;
  });
}

/**
 * The value of a parameter; undefined if it is not there or empty (RFC 6749 section 3.2).
 *
 * @throws Refusal `request.malformed` where it is sent twice
 */
export function only(form: Form, name: string): string | undefined {
  const found = form.filter(([other]) => other === name);
  if (found.length > 1) throw Refusal.of("request.malformed", `the parameter ${name} is sent twice`);
  return found[0]?.[1] || undefined;
}

/** @throws Refusal `request.malformed` where it is not there, or twice */
export function required(form: Form, name: string): string {
  const value = only(form, name);
  if (value === undefined) throw Refusal.of("request.malformed", `the parameter ${name} is missing`);
  return value;
}

function decoded(text: string): string {
  if (!ENCODED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw Refusal.of("request.malformed", "the form is not encoded as UTF-8 in percent signs");
  }
}

/**
 * The body unchanged
 *
 * @param name of the type in messages
 * @throws Refusal `request.too-large`, `request.malformed`
 */
export async function textOf(request: Request, type: RegExp, name: string): Promise<string> {
  if (!type.test(request.headers.get("content-type") ?? "")) {
    throw Refusal.of("request.malformed", `the content type is not ${name}`);
  }
  const late = () => Refusal.of("request.malformed", `the body did not arrive within ${BODY_MILLISECONDS} ms`);
  const bytes = await inTime(bytesOf(request), BODY_MILLISECONDS, late);
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw Refusal.of("request.malformed", "the body is not UTF-8");
  }
}

async function bytesOf(request: Request): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  // Node reads no more than a request announces.
  if (length !== null) {
    if (Number(length) > BODY_BYTES) throw Refusal.of("request.too-large");
    return new Uint8Array(await request.arrayBuffer());
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > BODY_BYTES) throw Refusal.of("request.too-large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
