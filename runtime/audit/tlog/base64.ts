import { LogError } from "./log-error";

/**
 * Bytes of canonical standard base64 (RFC 4648 section 4), with padding
 *
 * @throws LogError
 */
export function bytesIn(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (text === "" || bytes.toString("base64") !== text)
    throw new LogError(`${what} must be standard base64, got ${JSON.stringify(text)}`);
  return bytes;
}
