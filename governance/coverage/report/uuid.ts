import { createHash } from "node:crypto";

/** Namespace of Ambit's names; never another, as all other UUIDs follow from it */
const NAMESPACE = "5f0c6f0e-3a55-4c1b-9f51-6a2b0d6f7e11";

/** Version 5 (RFC 9562, section 5.5): the same name has the same UUID, always. */
export function uuidOf(...name: readonly string[]): string {
  const hash = createHash("sha1")
    .update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"))
    .update(JSON.stringify(name));
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
