import type { IncomingHttpHeaders } from "node:http";

/** Why a request is not served; undefined if it is */
export type Turned =
  { readonly status: number; readonly code: string; readonly what: string; readonly fix: string } | undefined;

export interface Guarded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Origin of the page */
  readonly own: string;
}

/** What only the page's own script asks for */
const OF_SCRIPT: readonly string[] = ["/events", "/state"];

const refused = (code: string, what: string, fix: string): Turned => ({ status: 403, code, what, fix });

/** Refuses cross-site requests in the same browser: DNS rebinding, and forms, scripts or images of another origin. */
export function turnedAway({ method, path, headers, own }: Guarded): Turned {
  const { host, origin, "sec-fetch-site": site, "sec-fetch-mode": mode, "content-type": type } = headers;
  if (`http://${host}` !== own) {
    return refused("page.host", "the request names another host", `open ${own}/`);
  }
  if (origin !== undefined && origin !== own) {
    return refused("page.origin", "the request comes from another page", `ask from ${own}/`);
  }
  const isForeign = site === "cross-site" || site === "same-site";
  // A stranger may link to the page, and the issuer leads back to it.
  if (isForeign && (mode !== "navigate" || OF_SCRIPT.includes(path))) {
    return refused("page.origin", "the request comes from another page", `open ${own}/`);
  }
  if (method === "GET" || method === "HEAD") return undefined;
  if (origin === undefined || (site !== undefined && site !== "same-origin")) {
    return refused("page.origin", "the request does not say that it comes from this page", `ask from ${own}/`);
  }
  // A form of another page cannot send it.
  if (type?.split(";", 1)[0]?.trim() !== "application/json") {
    return refused("page.origin", "the request is not JSON", "send it as application/json");
  }
  return undefined;
}
