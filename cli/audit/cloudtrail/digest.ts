import { createHash, verify } from "node:crypto";
import { isRecord } from "../../../domain/is-record";
import { gzipMember } from "./gzip-member";
import type { TrailKeys } from "./public-keys";

/** One file that a digest lists */
export interface ListedFile {
  readonly bucket: string;
  readonly object: string;
  /** SHA-256 of what is in it, uncompressed, hexadecimal */
  readonly hash: string;
}

/** Where CloudTrail puts an object */
export interface Delivered {
  readonly bucket: string;
  readonly object: string;
}

/**
 * A digest of CloudTrail: the files that it delivered within an hour, with their hashes.
 * Source: CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity
 * validation"
 */
export interface Digest extends Delivered {
  readonly start: number;
  readonly end: number;
  readonly fingerprint: string;
  /** Undefined if the trail, or its validation, was switched on */
  readonly previous: (Delivered & { readonly hash: string; readonly signature: string }) | undefined;
  readonly files: readonly ListedFile[];
  /** SHA-256 of the digest itself, uncompressed, hexadecimal */
  readonly hash: string;
  /** Of the end, as it is signed */
  readonly endText: string;
}

const ALGORITHMS = { signature: "SHA256withRSA", hash: "SHA-256" } as const;

/** @throws Error in half a sentence, if the file is no digest */
export function digestIn(bytes: Uint8Array): Digest {
  const plain = gzipMember(bytes);
  const value: unknown = JSON.parse(plain.toString("utf8"));
  if (!isRecord(value)) throw new Error("it is no JSON object");
  const text = (name: string): string => textOf(value, name);
  if (text("digestSignatureAlgorithm") !== ALGORITHMS.signature)
    throw new Error(`it is signed by ${text("digestSignatureAlgorithm")}`);
  const { logFiles } = value;
  if (!Array.isArray(logFiles)) throw new Error("it has no list logFiles");
  return {
    bucket: text("digestS3Bucket"),
    object: text("digestS3Object"),
    start: timeOf(text("digestStartTime")),
    end: timeOf(text("digestEndTime")),
    endText: text("digestEndTime"),
    fingerprint: text("digestPublicKeyFingerprint"),
    previous: previousIn(value),
    files: logFiles.map(listedFile),
    hash: createHash("sha256").update(plain).digest("hex"),
  };
}

/** @param signature hexadecimal, of the object's metadata or of the next digest */
export function isSigned(digest: Digest, signature: string, keys: TrailKeys): boolean {
  const key = keys.get(digest.fingerprint)?.key;
  const { endText, bucket, object, hash, previous } = digest;
  const signed = [endText, `${bucket}/${object}`, hash, previous?.signature ?? "null"].join("\n");
  return key !== undefined && verify("sha256", Buffer.from(signed), key, Buffer.from(signature, "hex"));
}

/** Whether there is a key of this fingerprint, in use while the digest's hour lasted */
export function hasKey({ fingerprint, start, end }: Digest, keys: TrailKeys): boolean {
  const key = keys.get(fingerprint);
  return key !== undefined && key.from <= end && start <= key.until;
}

function previousIn(value: Readonly<Record<string, unknown>>): Digest["previous"] {
  const absent = value["previousDigestS3Object"] ?? value["previousDigestSignature"];
  if (absent === null || absent === undefined) return undefined;
  if (textOf(value, "previousDigestHashAlgorithm") !== ALGORITHMS.hash)
    throw new Error("the hash of the digest before is of another algorithm");
  return {
    bucket: textOf(value, "previousDigestS3Bucket"),
    object: textOf(value, "previousDigestS3Object"),
    hash: textOf(value, "previousDigestHashValue"),
    signature: textOf(value, "previousDigestSignature"),
  };
}

function listedFile(value: unknown): ListedFile {
  if (!isRecord(value)) throw new Error("a listed file is no JSON object");
  if (textOf(value, "hashAlgorithm") !== ALGORITHMS.hash) throw new Error("a file's hash is of another algorithm");
  return { bucket: textOf(value, "s3Bucket"), object: textOf(value, "s3Object"), hash: textOf(value, "hashValue") };
}

function textOf(value: Readonly<Record<string, unknown>>, name: string): string {
  const text = value[name];
  if (typeof text !== "string" || text === "") throw new Error(`it has no ${name}`);
  return text;
}

function timeOf(text: string): number {
  const time = Date.parse(text) / 1_000;
  if (Number.isNaN(time)) throw new Error(`${text} is no time`);
  return time;
}
