import { createPublicKey, type KeyObject } from "node:crypto";
import { isRecord } from "../../../domain/is-record";
import { CliError } from "../../program";

/** A key by which CloudTrail signs digests in one region */
export interface TrailKey {
  readonly key: KeyObject;
  /** In whole seconds since the epoch; without an end it is in use */
  readonly from: number;
  readonly until: number;
}

/** By fingerprint */
export type TrailKeys = ReadonlyMap<string, TrailKey>;

/**
 * What `aws cloudtrail list-public-keys` printed: keys are PKCS #1 in DER, times in ISO 8601 or in seconds.
 * Source: CloudTrail API Reference, ListPublicKeys
 *
 * @param files with their names
 * @throws CliError
 */
export function trailKeysIn(files: readonly (readonly [name: string, text: string])[]): TrailKeys {
  return new Map(files.flatMap(([name, text]) => keysIn(name, text)));
}

function keysIn(file: string, text: string): readonly (readonly [string, TrailKey])[] {
  let list: unknown;
  try {
    list = (JSON.parse(text) as { readonly PublicKeyList?: unknown } | null)?.PublicKeyList;
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || list.length === 0)
    throw new CliError(`${file} must hold public keys: write it with aws cloudtrail list-public-keys --start-time …`);
  return list.map((each: unknown) => {
    const { Fingerprint, Value, ValidityStartTime, ValidityEndTime } = isRecord(each) ? each : {};
    const [from, until] = [secondsIn(ValidityStartTime, -Infinity), secondsIn(ValidityEndTime, Infinity)];
    try {
      if (typeof Fingerprint !== "string" || typeof Value !== "string" || Number.isNaN(from) || Number.isNaN(until))
        throw new Error();
      const key = createPublicKey({ key: Buffer.from(Value, "base64"), format: "der", type: "pkcs1" });
      return [Fingerprint, { key, from, until }] as const;
    } catch {
      throw new CliError(`${file} has a key without Fingerprint, Value or times that CloudTrail would write`);
    }
  });
}

function secondsIn(value: unknown, absent: number): number {
  if (value === undefined || value === null) return absent;
  if (typeof value === "number") return value;
  return typeof value === "string" ? Date.parse(value) / 1_000 : NaN;
}
