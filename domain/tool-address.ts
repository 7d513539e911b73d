import { hostKind } from "./networks";
import { refuse, shown } from "./errors";
import { plainString } from "./plain";
import type { ToolProps } from "./tool-props";

/** Why it may be on a private network; undefined if the address is not known to be private */
export function settlePrivateAddress(
  declared: ToolProps["privateAddress"],
  hostname: string,
  where: string,
): { readonly reason: string } | undefined {
  const kind = hostKind(hostname);
  if (kind === "special") {
    const fix = "write the host's own name or address";
    refuse(
      "destination.private",
      where,
      `url must not be loopback, link-local or reserved, got ${shown(hostname)}: ${fix}`,
    );
  }
  if (declared === undefined) {
    if (kind === "unknown") return undefined;
    const fix = `declare privateAddress: { reason: "…" }`;
    refuse("destination.private", where, `url is on a private network, got ${shown(hostname)}: ${fix}`);
  }
  return { reason: plainString(declared.reason, where, "privateAddress.reason", "destination.private") };
}

/** Of a tool: one address, written in one way */
export function httpsUrl(value: unknown, where: string): URL {
  const text = plainString(value, where, "url", "url.malformed");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A trailing dot and an encoded character write one address in two ways.
  const bare = url?.username === "" && url.password === "" && !/[?#*%]/.test(text) && !url.hostname.endsWith(".");
  if (url === undefined || url.protocol !== "https:" || !bare) {
    const what =
      "url must be https, without user, query, fragment, wildcard, percent sign or a trailing dot of its host";
    refuse("url.malformed", where, `${what}, got ${shown(text)}: write an address such as "https://api.acme.example"`);
  }
  return url;
}
