import type { IncomingMessage } from "node:http";

/** More than any request for development has */
const BODY_BYTES = 65_536;

/** @throws Error where it is too long, or ends before its end */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) {
    body += (part as Buffer).toString();
    if (body.length > BODY_BYTES) throw new Error("too much");
  }
  return body;
}
