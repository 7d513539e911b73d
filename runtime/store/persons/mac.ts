import { createHmac } from "node:crypto";

/** Text under a key, told apart from other uses of the key. HMAC-SHA-256 (RFC 2104) in base64url */
export function mac(secret: Buffer, use: string, text: string): string {
  return createHmac("sha256", secret).update(`${use}\n${text}`).digest("base64url");
}
