import type { IncomingMessage } from "node:http";

/** More than any request for development has */
const MOST_CHARACTERS = 65_536;

/** @throws Error if it is too long, or ends before its end */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  // A character may be in two parts.
  request.setEncoding("utf8");
  for await (const part of request) {
    body += part as string;
    if (body.length > MOST_CHARACTERS) throw new Error("too much");
  }
  return body;
}
