import { Denial } from "../denial";

/** What a request asks for, as the tool will read it */
export interface Target {
  /** Of the path, as they were sent; the first stands behind the first slash */
  readonly segments: readonly string[];
  /** Names and values, decoded, in the order in which they were sent */
  readonly query: ReadonlyMap<string, string>;
}

const LONGEST_TARGET = 8_192;
const MOST_PARAMETERS = 64;
/** RFC 3986 section 3.3, without `;`, which some servers take for the beginning of parameters */
const SEGMENT = /^(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+$/;
const QUERY = /^(?:[A-Za-z0-9._~!$()*+,:@/?-]|%[0-9A-Fa-f]{2})*$/;
/** Encoded, and yet read as what they stand for by one server or another: `%`, `.`, `/`, `;` and `\` */
const RESERVED = /%(?:25|2e|2f|3b|5c)/i;
const CONTROL = /\p{Cc}/u;

/**
 * Path and query, where every server reads the same in them.
 *
 * @param target path and query of the request, as sent
 * @throws Denial `call.target`
 */
export function targetOf(target: string): Target {
  if (target.length > LONGEST_TARGET) throw malformed(`path and query must have at most ${LONGEST_TARGET} characters`);
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { segments: segmentsOf(path), query: mark < 0 ? new Map() : queryOf(target.slice(mark + 1)) };
}

/** One segment of a path as an argument. @throws Denial `call.target` */
export function decoded(text: string, what: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    throw malformed(`${what} must be UTF-8 where it is percent-encoded`);
  }
  if (CONTROL.test(value)) throw malformed(`${what} must not hold control characters`);
  return value;
}

function segmentsOf(path: string): readonly string[] {
  if (!path.startsWith("/")) throw malformed("the path must begin with a slash");
  const segments = path.slice(1).split("/");
  // A slash at the end is a segment of its own, which an action has or has not.
  segments.forEach((segment, index) => {
    if (segment === "" && index === segments.length - 1) return;
    if (segment === "" || /^\.{1,2}$/.test(segment)) throw malformed("the path must have no empty or dot segment");
    if (!SEGMENT.test(segment)) throw malformed("the path has a character that must be percent-encoded, or may not be");
    if (RESERVED.test(segment))
      throw malformed("the path must not encode a percent sign, dot, slash, backslash or semicolon");
  });
  return segments;
}

function queryOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (text === "") throw malformed("the query must not be empty: leave the question mark out");
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    if (name === "" || !QUERY.test(name) || !QUERY.test(value)) {
      throw malformed("each query parameter must be name=value, with other characters percent-encoded");
    }
    const key = plain(name, "a query parameter's name");
    if (found.has(key)) throw malformed(`the query parameter ${JSON.stringify(key)} must be sent once`);
    found.set(key, plain(value, `the query parameter ${JSON.stringify(key)}`));
    if (found.size > MOST_PARAMETERS) throw malformed(`the query must have at most ${MOST_PARAMETERS} parameters`);
  }
  return found;
}

/** A plus sign means a space in a form (WHATWG URL section 5.1) and itself elsewhere, so it is refused. */
function plain(text: string, what: string): string {
  if (text.includes("+")) throw malformed(`${what} must write a blank as %20 and a plus sign as %2B`);
  return decoded(text, what);
}

function malformed(what: string): Denial {
  return Denial.of("call.target", what);
}
