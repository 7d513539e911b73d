import type { IncomingMessage } from "node:http";

/** Of a request, by its name (RFC 6265 section 4.2); the first where it stands twice */
export function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const cookies = (headers.cookie ?? "").split(";").map((each) => each.trim());
  return cookies.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}
