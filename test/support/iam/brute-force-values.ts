import { BlockList, isIPv6 } from "node:net";

type Kind = "action" | "arn" | "text" | "caseless";

/** Unknown parts as one character each, from Unicode's private use area, in the order met. */
const PARTS: string[] = [];
const FIRST_PART = 0xe000;
const isPart = (character: string): boolean => character >= "\uE000" && character <= "\uF8FF";

function withParts(text: string): string {
  if (!text.includes("${")) return text;
  return text.replace(/\$\{(?![*?$]\})[^}]*\}/g, (part) => {
    if (!PARTS.includes(part)) PARTS.push(part);
    return String.fromCharCode(FIRST_PART + PARTS.indexOf(part));
  });
}

/** By pattern; a regular expression takes longer to make than to use. */
const REGEXPS = new Map<string, Map<string, RegExp>>();

/** @param wide unknown parts of the pattern are read as `*` */
export function globMatches(kind: Kind, pattern: string, text: string, wide: boolean): boolean {
  const reading = wide ? `wide ${kind}` : kind;
  const regexps = REGEXPS.get(reading) ?? new Map<string, RegExp>();
  REGEXPS.set(reading, regexps);
  const regexp = regexps.get(pattern) ?? regexpOf(kind, pattern, wide);
  regexps.set(pattern, regexp);
  return regexp.test(withParts(text));
}

function regexpOf(kind: Kind, pattern: string, wide: boolean): RegExp {
  const tokens = withParts(pattern).match(/\$\{[*?$]\}|[^]/g) ?? [];
  let colons = 0;
  const source = tokens.map((token, index) => {
    const inSegment = kind === "arn" && colons < 5;
    const endsSegment = index === tokens.length - 1 || tokens[index + 1] === ":";
    if (token === ":") colons += 1;
    // A reference in front is a whole ARN, and in the wide reading each may be one: what follows is its resource.
    if (isPart(token) && (wide || index === 0)) colons = 5;
    if (isPart(token) && wide) return "[^]*";
    if (token === "*") return inSegment && !endsSegment ? "[^:\uE000-\uF8FF]*" : "[^]*";
    if (token === "?") return inSegment ? "[^:\uE000-\uF8FF]" : "[^\uE000-\uF8FF]";
    const letter = /^\$\{(.)\}$/.exec(token)?.[1] ?? token;
    return letter.replace(/[\\^$.|+()[\]{}*?]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, kind === "action" || kind === "caseless" ? "i" : "");
}

/** Whether one value of a request is what an operator without "Not" asks for. */
export function valueMatches(operator: string, pattern: string, value: string, wide: boolean): boolean {
  const literal = (kind: Kind): boolean => globMatches(kind, pattern.replace(/(?<!\$\{)[*?]/g, "${$&}"), value, wide);
  switch (operator) {
    case "StringEquals":
      return literal("text");
    case "StringEqualsIgnoreCase":
      return literal("caseless");
    case "StringLike":
      return globMatches("text", pattern, value, wide);
    case "ArnEquals":
    case "ArnLike":
      return globMatches("arn", pattern, value, wide);
    case "Bool":
      return pattern.toLowerCase() === value.toLowerCase();
    case "IpAddress":
      return blockOf(pattern).check(value, isIPv6(value) ? "ipv6" : "ipv4");
  }
  const [a, b] = operator.startsWith("Date") ? [moment(value), moment(pattern)] : [Number(value), Number(pattern)];
  switch (operator.replace(/^Date|^Numeric/, "")) {
    case "Equals":
      return a === b;
    case "LessThan":
      return a < b;
    case "LessThanEquals":
      return a <= b;
    case "GreaterThan":
      return a > b;
    case "GreaterThanEquals":
      return a >= b;
  }
  throw new Error(`the oracle does not know ${operator}`);
}

function blockOf(pattern: string): BlockList {
  const [address = "", bits] = pattern.split("/");
  const family = isIPv6(address) ? "ipv6" : "ipv4";
  const block = new BlockList();
  block.addSubnet(address, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  return block;
}

function moment(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
