import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem";
import { isOfTools } from "./tools/address";

export interface GuardOptions {
  /** What `Host` may be, in lower case */
  readonly hosts: ReadonlySet<string>;
  /** Bearer token that every request must carry; undefined if none is required */
  readonly token: string | undefined;
}

const HEALTH = new Set(["/live", "/ready"]);

/**
 * Why a request is not looked at: it does not come from beside the companion, or a browser was made to send it.
 *
 * A page of a stranger reaches the loopback by the user's browser, also under a name of its own (DNS rebinding). Those
 * carry another `Host`, an `Origin`, or what browsers say of themselves in `Sec-Fetch-` headers.
 */
export function problemOf({ rawHeaders, url = "" }: IncomingMessage, options: GuardOptions): Problem | undefined {
  const headers = pairs(rawHeaders);
  const hosts = headers.filter(([name]) => name === "host").map(([, value]) => value.toLowerCase());
  // An absolute address would take the place of the Host.
  if (hosts.length !== 1 || !options.hosts.has(hosts[0] as string) || !url.startsWith("/")) {
    return Problem.of("companion.host");
  }
  if (headers.some(ofBrowser)) {
    return Problem.of("companion.browser");
  }
  const { token } = options;
  if (token === undefined || HEALTH.has(url)) return undefined;
  // SDKs of models send their key in either; neither reaches the gateway.
  const shownIn = isOfTools(url) ? ["authorization", "x-api-key"] : ["authorization"];
  const shown = shownIn.map((wanted) => headers.filter(([name]) => name === wanted).map(([, value]) => value));
  const sound = shown.every((values) => values.length <= 1) && shown.flat().some((value) => isToken(value, token));
  return sound ? undefined : Problem.of("companion.unauthenticated");
}

/** Node's `fetch` says one thing of itself as browsers do, which say more. */
function ofBrowser([name, value]: readonly [name: string, value: string]): boolean {
  if (name === "sec-fetch-mode") return value !== "cors";
  return name === "origin" || name.startsWith("sec-fetch-");
}

/** SDKs send the text of the token file as it is; other clients name the scheme. */
function isToken(shown: string, token: string): boolean {
  return same(shown.replace(/^Bearer +/i, ""), token) || same(shown, token);
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Names in lower case */
function pairs(raw: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ""] as const] : []));
}
