import { PageRefusal } from "./page-refusal";

const NAVIGATION = "navigate";

/**
 * Refuses cross-site requests: DNS rebinding, forms, frames, images and scripts. Plain links to the page are allowed,
 * and the redirect from the identity provider.
 *
 * @param origin of the page
 * @throws PageRefusal `page.host`, `page.origin`
 */
export function guard({ method, headers }: Pick<Request, "headers" | "method">, origin: string): void {
  if (!isOfHost(headers, origin)) throw otherHost(origin);
  const from = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (method === "GET" || method === "HEAD") {
    const isOwn = from === null || from === origin;
    if (isOwn && (site === null || isOwnSite(site) || isNavigation(headers))) return;
  } else if (from === origin && (site === null || site === "same-origin")) {
    return;
  }
  throw new PageRefusal(
    "page.origin",
    403,
    "Another page",
    "The request comes from another page, so nothing was done.",
  );
}

/** Whether a request names the page's own host */
export function isOfHost(headers: Pick<Headers, "get">, origin: string): boolean {
  return `https://${headers.get("host")}` === origin;
}

export function otherHost(origin: string): PageRefusal {
  const what = `The request names another host: open ${origin}/`;
  return new PageRefusal("page.host", 421, "Another host", what, undefined);
}

/** `none`: typed, or from a bookmark (Fetch Metadata) */
function isOwnSite(site: string): boolean {
  return site === "same-origin" || site === "none";
}

function isNavigation(headers: Headers): boolean {
  return headers.get("sec-fetch-mode") === NAVIGATION && headers.get("sec-fetch-dest") === "document";
}
