import { gunzipSync, gzipSync } from "node:zlib";
import { type DeliveredObject, StandInTrail, type StandInTrailProps, trailKeyPair } from "./stand-in-trail";

export const TRAIL: StandInTrailProps = {
  bucket: "acme-trail",
  account: "111122223333",
  region: "eu-central-1",
  name: "agents",
  since: Date.UTC(2026, 10, 30, 8) / 1_000,
};
/** Of all trails here: a pair takes longer than all else */
const KEYS = trailKeyPair();
export const HOUR = 3_600;
/** Digests, each with as many files */
export const [HOURS, FILES] = [4, 2];

export interface TrailOfHours {
  readonly trail: StandInTrail;
  /** In the bucket, by key */
  readonly objects: Map<string, DeliveredObject>;
  readonly digests: readonly string[];
  readonly events: readonly string[];
}

/** Four hours of a trail, as they were delivered */
export function trailOfHours(bucket = TRAIL.bucket, since = TRAIL.since): TrailOfHours {
  const trail = new StandInTrail({ ...TRAIL, bucket, since }, KEYS);
  for (let hour = 0; hour < HOURS; hour++) {
    for (let file = 0; file < FILES; file++) {
      const at = since + hour * HOUR + file * 600 + 60;
      trail.deliver([{ eventID: `e-${hour}-${file}`, eventTime: new Date(at * 1_000).toISOString() }], at);
    }
    trail.digest(since + (hour + 1) * HOUR);
  }
  const keys = trail.delivered.map(({ key }) => key);
  return {
    trail,
    objects: new Map(trail.delivered.map((object) => [object.key, object])),
    digests: keys.filter((key) => key.includes("CloudTrail-Digest")),
    events: keys.filter((key) => !key.includes("CloudTrail-Digest")),
  };
}

export interface Tampering {
  readonly what: string;
  readonly change: (of: TrailOfHours) => void;
  /** Codes of `ambit audit`, each once, in alphabetical order */
  readonly found: readonly string[];
  /** Whether `aws cloudtrail validate-logs` ends with exit code 1 too */
  readonly isFoundByAws: boolean;
}

/** Attacks with write access to the bucket, without CloudTrail's key; the last ones have it */
export const TAMPERINGS: readonly Tampering[] = [
  { what: "nothing", change: () => undefined, found: [], isFoundByAws: false },
  {
    what: "an event of a file was changed",
    change: (of) => replaced(of, event(of, 3), (text) => text.replace("e-1-1", "e-9-9")),
    found: ["trail.file-changed"],
    isFoundByAws: true,
  },
  {
    what: "a file was compressed anew, and says the same",
    change: (of) => bytes(of, event(of, 3), (old) => gzipSync(gunzipSync(old), { level: 1 })),
    found: [],
    isFoundByAws: false,
  },
  {
    what: "a file is gone",
    change: ({ objects, events }) => void objects.delete(events[3] as string),
    found: ["trail.file-missing"],
    isFoundByAws: true,
  },
  {
    what: "two files were swapped",
    change: (of) => swapped(of, event(of, 2), event(of, 3)),
    found: ["trail.file-changed"],
    isFoundByAws: true,
  },
  {
    what: "something was added behind the end of a file",
    change: (of) => bytes(of, event(of, 3), (old) => Buffer.concat([old, gzipSync("")])),
    found: ["trail.file-malformed"],
    isFoundByAws: true,
  },
  {
    what: "a file is no gzip",
    change: (of) => bytes(of, event(of, 3), (old) => gunzipSync(old)),
    found: ["trail.file-malformed"],
    isFoundByAws: true,
  },
  {
    what: "a file is cut",
    change: (of) => bytes(of, event(of, 3), (old) => old.subarray(0, -9)),
    found: ["trail.file-malformed"],
    // All events are there, and it looks neither for the end of the file nor at its checksum.
    isFoundByAws: false,
  },
  {
    what: "a file was added",
    change: ({ objects, events }) => {
      const [key] = events as [string];
      const added = key.replace(/_[^_]+\.json\.gz$/, "_0123456789abcdef.json.gz");
      objects.set(added, { ...(objects.get(key) as DeliveredObject), key: added });
    },
    found: ["trail.file-unlisted"],
    isFoundByAws: false,
  },
  {
    what: "a digest lists another hash",
    change: (of) => replaced(of, digest(of, 1), (text) => text.replace(/"hashValue":"./, '"hashValue":"0')),
    found: ["trail.digest-signature", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "a digest lists one file less",
    change: (of) =>
      replaced(of, digest(of, 1), (text) => JSON.stringify({ ...(JSON.parse(text) as object), logFiles: [] })),
    found: ["trail.digest-signature", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "the signature of a digest was changed",
    change: (of) => metadata(of, digest(of, 1), ({ signature = "" }) => ({ signature: flipped(signature) })),
    found: ["trail.digest-signature", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "a digest has no signature",
    change: ({ objects, digests }) => {
      const key = digests.at(-1) as string;
      objects.set(key, { ...(objects.get(key) as DeliveredObject), metadata: {} });
    },
    found: ["trail.digest-signature"],
    isFoundByAws: true,
  },
  {
    what: "a digest in the middle is gone",
    change: ({ objects, digests }) => void objects.delete(digests[1] as string),
    found: ["trail.digest-missing", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "the first digest is gone",
    change: ({ objects, digests }) => void objects.delete(digests[0] as string),
    found: ["trail.digest-missing"],
    isFoundByAws: true,
  },
  {
    what: "a digest was put in the place of another",
    change: ({ objects, digests: [first = "", second = ""] }) => {
      objects.set(second, { ...(objects.get(first) as DeliveredObject), key: second });
    },
    found: ["trail.digest-moved", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "a digest is no gzip",
    change: (of) => bytes(of, digest(of, 1), (old) => gunzipSync(old)),
    found: ["trail.digest-malformed", "trail.file-unlisted"],
    isFoundByAws: true,
  },
  {
    what: "a digest is signed by another key of the same name",
    change: (of) => {
      const other = new StandInTrail(TRAIL, trailKeyPair());
      const key = digest(of, 3);
      const document = JSON.parse(gunzipSync((of.objects.get(key) as DeliveredObject).bytes).toString()) as object;
      of.objects.set(key, other.signed(key, { ...document }));
    },
    found: ["trail.digest-signature"],
    isFoundByAws: true,
  },
  {
    what: "a digest is signed by a key that AWS does not have",
    change: (of) => replacedSigned(of, digest(of, 3), { digestPublicKeyFingerprint: "0".repeat(32) }),
    found: ["trail.digest-key"],
    isFoundByAws: true,
  },
  {
    what: "an hour of another trail was added, with the digest that CloudTrail signed for it",
    change: ({ trail, objects }) => {
      const other = trail.beside({ name: "others" });
      const added = [other.deliver([{ eventID: "o-1" }], TRAIL.since + 60), other.digest(TRAIL.since + HOUR)];
      for (const object of added) objects.set(object.key, object);
    },
    found: ["trail.file-unlisted", "trail.foreign"],
    // It asks for the digests of one trail, and sees no added files.
    isFoundByAws: false,
  },
  {
    what: "the trail was stopped for an hour",
    change: (of) => {
      const { trail, objects } = of;
      const at = TRAIL.since + (HOURS + 1) * HOUR;
      trail.begins(at);
      for (const object of [trail.deliver([], at + 60), trail.digest(at + HOUR)]) objects.set(object.key, object);
    },
    found: ["trail.gap"],
    // It prints that no files were delivered, and ends with 0.
    isFoundByAws: false,
  },
  {
    what: "CloudTrail itself signed a digest that names another one before it",
    change: (of) => replacedSigned(of, digest(of, 3), { previousDigestHashValue: "0".repeat(64) }),
    found: ["trail.digest-other"],
    // It does not look at that hash.
    isFoundByAws: false,
  },
];

function event({ events }: TrailOfHours, at: number): string {
  return events[at] as string;
}

function digest({ digests }: TrailOfHours, at: number): string {
  return digests[at] as string;
}

function bytes({ objects }: TrailOfHours, key: string, change: (bytes: Buffer) => Buffer): void {
  const object = objects.get(key) as DeliveredObject;
  objects.set(key, { ...object, bytes: change(object.bytes) });
}

function replaced(of: TrailOfHours, key: string, change: (text: string) => string): void {
  bytes(of, key, (old) => gzipSync(change(gunzipSync(old).toString("utf8"))));
}

function replacedSigned(of: TrailOfHours, key: string, fields: object): void {
  const document = JSON.parse(gunzipSync((of.objects.get(key) as DeliveredObject).bytes).toString()) as object;
  of.objects.set(key, of.trail.signed(key, { ...document, ...fields }));
}

function metadata(of: TrailOfHours, key: string, change: (old: Readonly<Record<string, string>>) => object): void {
  const object = of.objects.get(key) as DeliveredObject;
  of.objects.set(key, { ...object, metadata: { ...object.metadata, ...change(object.metadata) } });
}

function swapped(of: TrailOfHours, one: string, other: string): void {
  const [first, second] = [of.objects.get(one), of.objects.get(other)] as [DeliveredObject, DeliveredObject];
  of.objects.set(one, { ...second, key: one });
  of.objects.set(other, { ...first, key: other });
}

function flipped(hex: string): string {
  return `${hex[0] === "0" ? "1" : "0"}${hex.slice(1)}`;
}
