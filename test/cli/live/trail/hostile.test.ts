import { truncateSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { StandInTrail } from "../../../support/audit/stand-in-trail";
import { proofWorld } from "../../../support/inventory/proof";
import { NOW } from "../../../support/inventory/live-world";
import { dataEvent, HOUR, HOURS, provenTrail, type ProvenTrail, TRIAGE } from "../../../support/inventory/proven-trail";

const { compared, copied } = proofWorld("inventory-hostile");
const READ = dataEvent(TRIAGE, "dynamodb", "GetItem", { tableName: "conversations" });
const USE = dataEvent(TRIAGE, "s3", "GetObject", { bucketName: "acme-kb", key: "articles/1" }, 15);
const since = NOW - HOURS * HOUR;
const PROPS = { bucket: "acme-trail", account: "111122223333", region: "eu-central-1", name: "agents", since };
/** More than a file may become */
const bomb = (): Buffer => gzipSync(Buffer.alloc(257 * 1_024 * 1_024), { level: 1 });

type Changed = (of: ProvenTrail) => void;
const keysOf = ({ objects }: ProvenTrail, isDigest: boolean): readonly string[] =>
  [...objects.keys()].filter((key) => key.includes("Digest") === isDigest);
/** Of the hour in which the articles are read, or later */
const AT = HOURS - 15;
const digestAt = (of: ProvenTrail, at = AT): string => keysOf(of, true)[at] ?? "";
const fileAt = (of: ProvenTrail, at = AT): string => keysOf(of, false)[at] ?? "";
const replace = (of: ProvenTrail, key: string, change: (bytes: Buffer) => Buffer): void => {
  const object = of.objects.get(key);
  if (object === undefined) throw new Error(`there is no ${key}`);
  of.objects.set(key, { ...object, bytes: change(object.bytes) });
};
const edited = (from: string, to: string) => (bytes: Buffer) => {
  const text = gunzipSync(bytes).toString("utf8");
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return gzipSync(text.replace(from, to));
};
/** An hour of another trail, which CloudTrail signed by the same key */
const alsoOf =
  (props: object): Changed =>
  ({ trail, objects }) => {
    const other = trail.beside({ ...props, since: NOW - 2 * HOUR });
    for (const object of [other.deliver([], NOW - HOUR - 60), other.digest(NOW - HOUR)])
      objects.set(object.key, object);
  };

test("the use is shown by files that are as they were delivered", async () => {
  const { code, unused } = await compared(provenTrail([READ, USE]));
  expect([code, unused]).toEqual([0, ["conversations:write"]]);
});

describe("a use that somebody hides takes no right away, and the exit code is 1:", () => {
  test.each<[string, Changed, string]>([
    [
      "by a changed byte",
      (of) => replace(of, fileAt(of), edited("articles/1", "articlez/1")),
      "is not what CloudTrail delivered",
    ],
    ["by a file that is gone", (of) => void of.objects.delete(fileAt(of)), "is in a digest, and is gone"],
    [
      "by a file and its digest that are gone",
      (of) => [fileAt(of), digestAt(of)].forEach((key) => of.objects.delete(key)),
      "the digest before",
    ],
    [
      "by a digest that lists no files",
      (of) => {
        of.objects.delete(fileAt(of));
        replace(of, digestAt(of), (bytes) =>
          gzipSync(JSON.stringify({ ...(JSON.parse(gunzipSync(bytes).toString()) as object), logFiles: [] })),
        );
      },
      "is not of the key",
    ],
    [
      "by digests that another key signed under this one's name",
      (of) => {
        of.objects.delete(fileAt(of));
        const forger = new StandInTrail(PROPS);
        const bytes = of.objects.get(digestAt(of))?.bytes ?? Buffer.of();
        const document = { ...(JSON.parse(gunzipSync(bytes).toString()) as object), logFiles: [] };
        of.objects.set(digestAt(of), forger.signed(digestAt(of), document));
      },
      "is not of the key",
    ],
    [
      "by all files and digests of an hour later",
      (of) => {
        for (const key of keysOf(of, false).slice(0, AT + 1)) of.objects.delete(key);
        for (const key of keysOf(of, true).slice(0, AT + 1)) of.objects.delete(key);
      },
      "the digest before",
    ],
  ])("%s", async (_, change, why) => {
    const of = provenTrail([READ, USE]);
    change(of);
    const found = await compared(of);
    expect([found.code, found.unused]).toEqual([1, []]);
    expect(found.why).toContain(why);
  });
});

describe("files prove nothing, and the exit code is 1,", () => {
  test.each<[string, Changed, string]>([
    [
      "with one that no digest has",
      (of) => {
        const key = fileAt(of).replace(/_[^_]+\.json\.gz$/, "_0123456789abcdef.json.gz");
        of.objects.set(key, { key, bytes: gzipSync('{"Records":[]}'), metadata: {} });
      },
      "is in no digest, though one covers its time",
    ],
    [
      "of another trail beside",
      alsoOf({ name: "others" }),
      "a digest is of another trail than the trail agents_eu-central-1",
    ],
    ["of another account beside", alsoOf({ account: "999900001111" }), "of account 999900001111"],
    ["of another bucket beside", alsoOf({ bucket: "other" }), "begins anew"],
    [
      "of a trail that was stopped for an hour",
      (of) => {
        const keys = [...keysOf(of, true), ...keysOf(of, false)];
        for (const key of keys) of.objects.delete(key);
        const trail = of.trail.beside({ since });
        for (let hour = 0; hour < HOURS - 1; hour++) {
          if (hour === AT) trail.begins(since + (hour + 1) * HOUR);
          else trail.digest(since + (hour + 1) * HOUR);
        }
        for (const object of trail.delivered) of.objects.set(object.key, object);
      },
      "begins anew: no digest covers",
    ],
    ["with a digest that becomes too large", (of) => replace(of, digestAt(of), bomb), "cannot be read"],
  ])("%s", async (_, change, why) => {
    const of = provenTrail([READ]);
    change(of);
    const found = await compared(of);
    expect([found.code, found.unused]).toEqual([1, []]);
    expect(found.why).toContain(why);
  });

  test("of another account alone", async () => {
    const of = provenTrail([READ]);
    const other = of.trail.beside({ account: "999900001111", since });
    for (let hour = 1; hour < HOURS; hour++) other.digest(since + hour * HOUR);
    const found = await compared({ trail: other, objects: new Map(other.delivered.map((one) => [one.key, one])) });
    expect([found.code, found.unused]).toEqual([1, []]);
    expect(found.why).toContain("digests are of another trail than the one of account 111122223333");
  });
});

describe("a region's digests prove nothing", () => {
  test.each<[string, ProvenTrail, string]>([
    ["of another region", provenTrail([READ], "us-east-1"), "the trail has no digests of eu-central-1"],
  ])("%s", async (_, of, why) => {
    // The home region stands in the digest's name.
    const found = await compared(of);
    expect(found.unused).toEqual([]);
    expect([found.why.includes(why), found.why.includes("asked for")]).toContain(true);
  });

  test("that end hours ago", async () => {
    const of = provenTrail([READ]);
    for (const key of keysOf(of, true).slice(-5)) of.objects.delete(key);
    const { code, unused, why } = await compared(of);
    expect([code, unused]).toEqual([0, []]);
    expect(why).toContain("the trail's digests of eu-central-1 end at 2027-01-15T02:00:00Z");
  });

  test("that begin within the days", async () => {
    const trail = provenTrail([]).trail.beside({ since: NOW - 20 * HOUR });
    for (let hour = 19; hour > 0; hour--) trail.digest(NOW - hour * HOUR);
    const { code, unused, why } = await compared({
      trail,
      objects: new Map(trail.delivered.map((one) => [one.key, one])),
    });
    expect([code, unused]).toEqual([0, []]);
    expect(why).toContain("are whole since 2027-01-14T12:00:00Z alone");
  });

  test("that were delivered too late for the hour they are of", async () => {
    const of = provenTrail([READ]);
    for (const [key, object] of [...of.objects]) {
      if (!key.includes("Digest")) continue;
      of.objects.delete(key);
      const late = key.replace(".json.gz", "_backfill.json.gz");
      const document = JSON.parse(gunzipSync(object.bytes).toString()) as object;
      of.objects.set(late, of.trail.signed(late, { ...document, digestS3Object: late }));
    }
    const { unused } = await compared(of);
    expect(unused).toEqual([]);
  });
});

test("fails for a file that is too large to be read", async () => {
  const of = provenTrail([READ]);
  const place = copied(of);
  truncateSync(join(place, fileAt(of)), 257 * 1_024 * 1_024);
  const { code, found } = await compared(of, {}, place);
  expect([code, found.notAsked.trail]).toEqual([1, expect.stringContaining("it has 269484032 bytes")]);
});

test("fails for a file of events that becomes too large, and the rest is told", async () => {
  const of = provenTrail([READ]);
  replace(of, fileAt(of), bomb);
  const { code, unused, found } = await compared(of);
  expect([code, unused, Object.keys(found.notAsked)]).toEqual([1, [], ["trail"]]);
  expect(found.notAsked.trail).toContain("cannot be read");
});
