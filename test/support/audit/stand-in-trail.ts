import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

/** An object as CloudTrail puts it into a bucket */
export interface DeliveredObject {
  readonly key: string;
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StandInTrailProps {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** When it is switched on, whole seconds since the epoch */
  readonly since: number;
}

/** As CloudTrail has one in each region */
export function trailKeyPair() {
  return generateKeyPairSync("rsa", { modulusLength: 2_048 });
}

interface Listed {
  readonly object: DeliveredObject;
  readonly times: readonly string[];
}

/**
 * In place of CloudTrail, which no emulator has: it delivers files of events, and once an hour a signed digest of them, in the folders
 * and fields that AWS documents. The key is its own, as are the events that it is given.
 *
 * Source: CloudTrail User Guide, "CloudTrail log file names", "CloudTrail digest file structure" and "Custom implementations of
 * CloudTrail log file integrity validation"; API Reference, ListPublicKeys
 */
export class StandInTrail {
  public readonly delivered: DeliveredObject[] = [];
  private since: number;
  private pending: Listed[] = [];
  private previous: DeliveredObject | undefined;

  constructor(
    private readonly props: StandInTrailProps,
    private readonly pair = trailKeyPair(),
  ) {
    this.since = props.since;
  }

  /** Another trail of the same region: CloudTrail signs for all accounts with one key. */
  public beside(props: Partial<StandInTrailProps>): StandInTrail {
    return new StandInTrail({ ...this.props, ...props }, this.pair);
  }

  /** Deliver events in one file. @param at when, in whole seconds since the epoch */
  public deliver(events: readonly Readonly<Record<string, unknown>>[], at: number): DeliveredObject {
    const { account, region } = this.props;
    const [stamp] = compact(at).split(/\d\dZ$/) as [string];
    const unique = randomBytes(8).toString("hex");
    const key = `${this.folder("CloudTrail", at)}${account}_CloudTrail_${region}_${stamp}Z_${unique}.json.gz`;
    const object = { key, bytes: gzipSync(JSON.stringify({ Records: events })), metadata: {} };
    this.delivered.push(object);
    this.pending.push({ object, times: events.map(({ eventTime }) => String(eventTime)).sort() });
    return object;
  }

  /** Deliver the digest of what was delivered since the last one. @param end of its hour */
  public digest(end: number): DeliveredObject {
    const { bucket, account, region, name } = this.props;
    const { previous, pending } = this;
    const file = `${account}_CloudTrail-Digest_${region}_${name}_${region}_${compact(end)}.json.gz`;
    const key = `${this.folder("CloudTrail-Digest", end)}${file}`;
    const times = pending.flatMap(({ times: some }) => some).sort();
    const document = {
      awsAccountId: account,
      digestStartTime: iso(this.since),
      digestEndTime: iso(end),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: this.fingerprint,
      digestSignatureAlgorithm: "SHA256withRSA",
      newestEventTime: times.at(-1) ?? null,
      oldestEventTime: times[0] ?? null,
      previousDigestS3Bucket: previous === undefined ? null : bucket,
      previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous === undefined ? null : hashOf(previous),
      previousDigestHashAlgorithm: previous === undefined ? null : "SHA-256",
      previousDigestSignature: previous?.metadata["signature"] ?? null,
      logFiles: pending.map(({ object, times: some }) => ({
        s3Bucket: bucket,
        s3Object: object.key,
        hashValue: hashOf(object),
        hashAlgorithm: "SHA-256",
        newestEventTime: some.at(-1) ?? null,
        oldestEventTime: some[0] ?? null,
      })),
    };
    this.previous = this.signed(key, document);
    this.delivered.push(this.previous);
    this.pending = [];
    this.since = end;
    return this.previous;
  }

  /** It is switched off, and on again: the chain begins anew. */
  public begins(again: number): void {
    this.previous = undefined;
    this.since = again;
    this.pending = [];
  }

  /** A digest with these fields, signed as it is */
  public signed(key: string, document: Readonly<Record<string, unknown>>): DeliveredObject {
    const plain = Buffer.from(JSON.stringify(document));
    const { digestEndTime: end, digestS3Bucket: bucket, digestS3Object: object } = document;
    const hash = createHash("sha256").update(plain).digest("hex");
    const before = document["previousDigestSignature"] ?? "null";
    const text = [end, `${String(bucket)}/${String(object)}`, hash, before].join("\n");
    const signature = sign("sha256", Buffer.from(text), this.pair.privateKey).toString("hex");
    return { key, bytes: gzipSync(plain), metadata: { signature, "signature-algorithm": "SHA256withRSA" } };
  }

  /** What `aws cloudtrail list-public-keys` prints. @param until end of the key's validity @default - a year from its beginning */
  public keys(until = this.props.since + 365 * 86_400): string {
    const { since } = this.props;
    const Value = this.pair.publicKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    const validity = { ValidityStartTime: since - 86_400, ValidityEndTime: until };
    return JSON.stringify({ PublicKeyList: [{ Value, Fingerprint: this.fingerprint, ...validity }] });
  }

  private get fingerprint(): string {
    return createHash("md5")
      .update(this.pair.publicKey.export({ format: "der", type: "pkcs1" }))
      .digest("hex");
  }

  private folder(kind: "CloudTrail" | "CloudTrail-Digest", at: number): string {
    const { account, region } = this.props;
    return `AWSLogs/${account}/${kind}/${region}/${iso(at).slice(0, 10).replaceAll("-", "/")}/`;
  }
}

function hashOf({ bytes }: DeliveredObject): string {
  return createHash("sha256").update(gunzipSync(bytes)).digest("hex");
}

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

function compact(seconds: number): string {
  return iso(seconds).replace(/[-:]/g, "");
}
