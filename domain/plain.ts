import { type ErrorCode, refuse, shown } from "./errors";

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** Below this no honest number lies: CDKTF encodes number tokens around -1e298. */
const NUMBER_TOKEN = -1e290;
/** A Terraform expression, or CDKTF's own mark for a list or a map that has no value yet. */
const TEXT_TOKEN = /\$\{|[#&]\{TfToken\[/;

/** What no reader sees and some format ends a line at */
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What moves a cursor, hides or turns other text, or is half a character */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text of a stranger with something else in the place of each character that a reader would not see */
export function unseenReplaced(text: string, by: (character: string) => string): string {
  return text.replace(UNSEEN, by);
}

/** True for a Terraform reference or a CDKTF token, which have no value until apply. */
export function isToken(value: unknown): boolean {
  return typeof value === "string" ? TEXT_TOKEN.test(value) : typeof value === "number" && value < NUMBER_TOKEN;
}

/** True for what an author left out or left empty. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

/** Refuse a token where the value itself is needed. */
export function notToken(value: unknown, where: string, property: string, kind: string): void {
  if (isToken(value)) {
    const what = `${property} must be a plain ${kind} known at synth, got the Terraform token ${shown(value)}`;
    refuse("token", where, `${what}: write the ${kind} itself`);
  }
}

/**
 * A string known when the program runs: names and identities are made from such strings only.
 *
 * `code` is that of the rule the value would break otherwise.
 */
export function plainString(
  value: unknown,
  where: string,
  property: string,
  code: ErrorCode = "name.malformed",
): string {
  notToken(value, where, property, "string");
  if (typeof value !== "string" || value.trim() === "") {
    refuse(code, where, `${property} must be a non-empty string, got ${shown(value)}`);
  }
  if (CONTROL.test(value)) {
    const what = `${property} must hold no control character (U+0000 to U+001F, U+007F)`;
    refuse(code, where, `${what}, got ${shown(value)}: remove it`);
  }
  return value;
}

/** A lower-case name usable as a DNS label (RFC 1123 section 2.1), a path segment and part of a role name. */
export function dnsLabel(value: unknown, where: string, property: string, longest = 63): string {
  const name = plainString(value, where, property);
  if (!DNS_LABEL.test(name) || name.length > longest) {
    const mended = cleaned(name).slice(0, longest).replace(/-+$/, "");
    refuse(
      "name.malformed",
      where,
      `${property} must be lower-case letters, digits and inner hyphens, at most ${longest} characters (DNS-1123), ` +
        `got ${shown(name)}${mended === "" ? "" : `: write ${shown(mended)}`}`,
    );
  }
  return name;
}

function cleaned(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
