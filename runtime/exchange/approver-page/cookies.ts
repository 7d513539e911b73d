/** Cookies by name (RFC 6265 section 4.2), without those that occur twice: another host may have set one of them */
export function cookiesOf({ headers }: Pick<Request, "headers">): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  const twice = new Set<string>();
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    if (cookies.has(name)) twice.add(name);
    cookies.set(name, pair.slice(equals + 1).trim());
  }
  for (const name of twice) cookies.delete(name);
  return cookies;
}

/** Of this host alone, over TLS alone, for no script; it comes along where a link leads here from elsewhere, and with no form of elsewhere. */
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** @param name begins with `__Host-` */
export function cookie(name: `__Host-${string}`, value: string, seconds: number): string {
  return `${name}=${value}; Max-Age=${seconds}; ${ATTRIBUTES}`;
}

export function cookieGone(name: string): string {
  return `${name}=; Max-Age=0; ${ATTRIBUTES}`;
}
