import { gunzipSync } from "node:zlib";
import { CliError } from "../../program";

/** A bound for what one compressed file may become */
export const MOST_BYTES = 256 * 1_024 * 1_024;
const GZIP = 0x1f;

/**
 * What a file of CloudTrail says, compressed or not
 *
 * @throws CliError
 */
export function plainText(path: string, bytes: Uint8Array): string {
  try {
    const plain = bytes[0] === GZIP ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : Buffer.from(bytes);
    return plain.toString("utf8");
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
