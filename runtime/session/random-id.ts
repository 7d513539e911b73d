import { randomBytes } from "node:crypto";

/** Names a session, a run or a token: 128 bits, base64url */
export function randomId(): string {
  return randomBytes(16).toString("base64url");
}
