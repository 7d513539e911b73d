import { refuse, shown } from "./errors";

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** Below this no honest number lies: CDKTF encodes number tokens around -1e298. */
const NUMBER_TOKEN = -1e290;

/** True for a Terraform reference or a CDKTF token, which have no value until apply. */
export function isToken(value: unknown): boolean {
  return typeof value === "string" ? value.includes("${") : typeof value === "number" && value < NUMBER_TOKEN;
}

/** A string known when the program runs: names and identities are made from nothing else. */
export function plainString(value: unknown, where: string, property: string): string {
  if (isToken(value)) {
    refuse(
      "token",
      where,
      `${property} must be a plain string known at synth, got the Terraform token ${shown(value)}: ` +
        `write the value itself or a name you chose`,
    );
  }
  if (typeof value !== "string" || value.trim() === "") {
    refuse("name.malformed", where, `${property} must be a non-empty string, got ${shown(value)}`);
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
