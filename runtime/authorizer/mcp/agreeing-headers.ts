import { own } from "../../../domain";
import type { Value } from "../../json";
import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";
import type { Message } from "./message";
import { mismatch } from "./revision-of";
import { type Revision, REQUESTS, STATELESS } from "./revisions";
import { type Members, membersOf } from "./rpc";

const METHOD_HEADER = "mcp-method";
const NAME_HEADER = "mcp-name";
export const PARAMETER_PREFIX = "mcp-param-";

const ENCODED = /^=\?base64\?(?<text>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;
const ENCODED_SOMEHOW = /^=\?base64\?.*\?=$/s;
/** What else is in a header, readers take for Latin-1 or for UTF-8. */
const PRINTABLE = /^[\t\x20-\x7e]*$/;
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A parameter of a tool that a header repeats, by its schema's `x-mcp-header` */
export interface ParameterHeader {
  /** Behind `Mcp-Param-`, in lower case */
  readonly name: string;
  /** Names of members down to it, within the arguments */
  readonly path: readonly string[];
}

/**
 * Headers must repeat the body, where the revision has them (MCP 2026-07-28, Streamable HTTP, "Request metadata
 * headers"): a proxy that routes by headers must not see a different request.
 *
 * @throws Denial `mcp.header`, `call.header`
 */
export function agreeingHeaders(message: Message, headers: HeaderList, revision: Revision): void {
  if (message.kind === "response") return refuseRepeating(headers);
  const { kind, method, params } = message;
  if (method !== "tools/call") refuseAny(headers, (name) => name.startsWith(PARAMETER_PREFIX));
  const isAsked = revision === STATELESS && kind === "request";
  agree(METHOD_HEADER, single(headers, METHOD_HEADER), method, isAsked);
  const member = kind === "request" ? own(REQUESTS, method)?.name : undefined;
  const name = member === undefined ? undefined : params[member];
  if (typeof name !== "string") return refuseAny(headers, (header) => header === NAME_HEADER);
  agree(NAME_HEADER, single(headers, NAME_HEADER), name, isAsked);
}

/**
 * Headers of parameters must repeat the arguments; one for a parameter that the tool does not mark is refused.
 *
 * @param declared undefined if the tool's definition was not seen
 * @throws Denial `mcp.header`
 */
export function agreeingParameters(
  headers: HeaderList,
  args: Members,
  declared: readonly ParameterHeader[],
  revision: Revision,
): void {
  for (const [header] of parameterHeaders(headers)) {
    const name = header.slice(PARAMETER_PREFIX.length);
    if (!declared.some((each) => each.name === name)) {
      throw Denial.of("mcp.header", `the header ${header} repeats no parameter that the tool marks with x-mcp-header`);
    }
  }
  for (const { name, path } of declared) {
    const header = `${PARAMETER_PREFIX}${name}`;
    const value = textOf(valueAt(args, path));
    const sent = single(headers, header);
    if (value !== undefined) agree(header, sent, value, revision === STATELESS);
    else if (sent !== undefined) throw Denial.of("mcp.header", `the header ${header} repeats no argument of the body`);
  }
}

export function parameterHeaders(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => name.startsWith(PARAMETER_PREFIX));
}

function agree(name: string, header: string | undefined, body: string, isRequired: boolean): void {
  if (header !== undefined && !PRINTABLE.test(header)) {
    throw Denial.of("mcp.header", `the header ${name} must be printable ASCII: encode all else as =?base64?…?=`);
  }
  if (header === undefined ? isRequired : decoded(header) !== body) throw mismatch(name, header, body);
}

/** Of what has no method and no arguments. @throws Denial `mcp.header` */
export function refuseRepeating(headers: HeaderList): void {
  refuseAny(headers, (name) => name === METHOD_HEADER || name === NAME_HEADER || name.startsWith(PARAMETER_PREFIX));
}

function refuseAny(headers: HeaderList, isNone: (name: string) => boolean): void {
  const found = headers.find(([name]) => isNone(name));
  if (found !== undefined) throw Denial.of("mcp.header", `the header ${found[0]} repeats nothing of the body`);
}

/** @returns undefined if it is encoded, and not as it should be */
function decoded(header: string): string | undefined {
  const encoded = ENCODED.exec(header)?.groups?.["text"];
  if (encoded === undefined) return ENCODED_SOMEHOW.test(header) ? undefined : header;
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded) return undefined;
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
}

function valueAt(args: Members, path: readonly string[]): Value | undefined {
  let at: Value | undefined = args;
  for (const name of path) at = own(membersOf(at), name);
  return at;
}

function textOf(value: Value | undefined): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
