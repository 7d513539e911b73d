import { Findings } from "../../../../cli/audit/finding";
import { digestChain, READ_AT_ONCE } from "../../../../cli/audit/cloudtrail/digest-chain";
import { coveredRegions, DigestCover } from "../../../../cli/audit/cloudtrail/digest-cover";
import type { TrailFiles } from "../../../../cli/audit/cloudtrail/trail-files";
import { TrailValidation } from "../../../../cli/audit/cloudtrail/trail-validation";

const HOUR = 3_600;
const BEGAN = Date.UTC(2026, 10, 30, 8) / 1_000;
const stamp = (time: number): string => new Date(time * 1_000).toISOString().replace(/[-:]|\.000/g, "");
const digest = (hour: number, region: string) => {
  const end = BEGAN + (hour + 1) * HOUR;
  return {
    path: `111122223333_CloudTrail-Digest_${region}_agents_eu-central-1_${stamp(end)}.json.gz`,
    start: end - HOUR,
    end,
  };
};
const event = (hour: number, region: string): string =>
  `111122223333_CloudTrail_${region}_${stamp(BEGAN + hour * HOUR).slice(0, 13)}Z_0123456789abcdef.json.gz`;

test("of 200,000 digests it is known which time they cover, of all and of each region", () => {
  const regions = Array.from({ length: 20 }, (_, at) => `eu-west-${at}`);
  const digests = regions.flatMap((region) => Array.from({ length: 10_000 }, (_, hour) => digest(hour, region)));
  // The first one is neither the earliest nor the last.
  const cover = new DigestCover([...digests.slice(500), ...digests.slice(0, 500)]);
  expect(cover.whole).toEqual({ from: BEGAN, until: BEGAN + 10_000 * HOUR });
  expect(regions.map((region) => cover.hasToList(event(9_999, region)))).toEqual(regions.map(() => true));
  expect([cover.hasToList(event(10_000, "eu-west-1")), cover.hasToList(event(0, "us-east-1"))]).toEqual([false, false]);
});

test("no digest covers no time", () => {
  const cover = new DigestCover([]);
  expect([cover.whole, cover.hasToList(event(0, "eu-west-1"))]).toEqual([undefined, false]);
});

describe("of each region, digests cover the time until the last one", () => {
  const REGION = "eu-west-1";
  const of = (...hours: readonly number[]) => coveredRegions(hours.map((hour) => digest(hour, REGION))).get(REGION);
  const time = (from: number, until: number) => ({ from: BEGAN + from * HOUR, until: BEGAN + until * HOUR });

  test("without a gap, in any order", () => expect(of(2, 0, 1)).toEqual(time(0, 3)));
  test("since a gap", () => expect(of(0, 1, 3, 4)).toEqual(time(3, 5)));
  test("each by itself", () => {
    const regions = coveredRegions([digest(0, "eu-west-1"), digest(1, "eu-west-2")]);
    expect([...regions]).toEqual([
      ["eu-west-1", time(0, 1)],
      ["eu-west-2", time(1, 2)],
    ]);
  });
  test("without those for files that came late", () => {
    const { path, ...times } = digest(1, REGION);
    const late = { ...times, path: path.replace(".json", "_backfill.json") };
    expect(coveredRegions([digest(0, REGION), late]).get(REGION)).toEqual(time(0, 1));
  });
});

/** Files of which none is a digest, and how many were read at once at most */
function broken(
  count: number,
  regions: readonly string[],
): { readonly files: TrailFiles; readonly most: () => number } {
  let [under, most] = [0, 0];
  const files: TrailFiles = {
    name: "trail",
    events: [],
    digests: regions.flatMap((region) => Array.from({ length: count }, (_, hour) => digest(hour, region).path)),
    from: -Infinity,
    read: async () => {
      most = Math.max(most, (under += 1));
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return { bytes: Buffer.from("no digest") };
    },
    pathOf: () => undefined,
    isMeant: () => false,
    close: () => undefined,
  };
  return { files, most: () => most };
}

test("fails for each digest that cannot be read, of which no more than a bound are read at once", async () => {
  const { files, most } = broken(500, ["eu-west-1"]);
  const findings = new Findings();
  expect(await digestChain(files, files.digests, new Map(), findings)).toEqual([]);
  expect([findings.found.counts, most()]).toEqual([[["trail.digest-malformed", 500]], READ_AT_ONCE]);
});

test("fails for each digest of all regions, which are read one after the other", async () => {
  const { files, most } = broken(100, ["eu-west-1", "eu-west-2", "eu-west-3"]);
  const trail = (await TrailValidation.of(files, new Map())).ended();
  expect([trail.found.counts, trail.digests, most()]).toEqual([[["trail.digest-malformed", 300]], 0, READ_AT_ONCE]);
});
