import { type KeyObject, sign } from "node:crypto";

const TAG = { integer: 0x02, bits: 0x03, oid: 0x06, sequence: 0x30, attributes: 0xa0 };
/** ecdsa-with-SHA256 (RFC 5758): 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);

/** A certificate request without names, as SPIRE's agents send it (RFC 2986), for a P-256 key. */
export function certificateRequest(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const noName = der(TAG.sequence);
  const key = publicKey.export({ type: "spki", format: "der" });
  const info = der(TAG.sequence, der(TAG.integer, Buffer.from([0])), noName, key, der(TAG.attributes));
  const signature = sign("sha256", info, { key: privateKey, dsaEncoding: "der" });
  const algorithm = der(TAG.sequence, der(TAG.oid, ECDSA_SHA256));
  return der(TAG.sequence, info, algorithm, der(TAG.bits, Buffer.from([0]), signature));
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}
