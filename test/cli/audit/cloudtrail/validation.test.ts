import { join } from "node:path";
import { auditCommand } from "../../../../cli/audit";
import { trailScope } from "../../../../cli/audit/cloudtrail/trail-scope";
import { LOG, LogOfRecords } from "../../../support/audit/log-of-records";
import { entriesWithTransaction } from "../../../support/audit/told-transaction";
import { HOUR, TRAIL, type TrailOfHours, trailOfHours } from "../../../support/audit/trail-tamperings";
import { called, scratch } from "../../../support/cli";

const folder = scratch("audit-validation");
const log = new LogOfRecords(join(folder.path, "log"));
beforeAll(() => void log.write(entriesWithTransaction()));

let count = 0;
const copied = ({ objects }: TrailOfHours, { heads = true } = {}): string => {
  const name = `copy-${count++}`;
  for (const { key, bytes, metadata } of objects.values()) {
    folder.put(`${name}/${key}`, bytes);
    if (heads && key.includes("Digest")) folder.put(`${name}/${key}.head.json`, JSON.stringify({ Metadata: metadata }));
  }
  return join(folder.path, name);
};
const keysOf = ({ trail }: TrailOfHours, until?: number): string => folder.put(`keys-${count}.json`, trail.keys(until));
const verify = (...args: readonly string[]) =>
  called([auditCommand], "audit", "verify", log.folder, "--key", LOG.vkey, ...args);

interface Report {
  readonly cloudtrail: {
    readonly isValidated: boolean;
    readonly unvalidated?: string;
    readonly trail: object | null;
    readonly digests: number;
    readonly files: object;
    readonly counts: object;
  };
}
const reported = async (...args: readonly string[]) => {
  const { code, stdout } = await verify(...args, "--json");
  return { code, ...(JSON.parse(stdout) as Report).cloudtrail };
};

test("says what was validated, of how many digests, and from when to when", async () => {
  const of = trailOfHours();
  const { code, stdout } = await verify("--cloudtrail", copied(of), "--cloudtrail-keys", keysOf(of));
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "8 files validated, by 4 digests that CloudTrail signed, from 2026-11-30T08:00:00Z to 2026-11-30T12:00:00Z",
  );
});

test("says what no digest covers yet, and that is no finding", async () => {
  const of = trailOfHours();
  const late = of.trail.deliver([], TRAIL.since + 4 * HOUR + 60);
  of.objects.set(late.key, late);
  const { code, stdout } = await verify("--cloudtrail", copied(of), "--cloudtrail-keys", keysOf(of));
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, " ")).toContain("; 1 file not validated, as no digest covers it");
});

test.each<readonly [string, (of: TrailOfHours) => readonly string[], RegExp]>([
  [
    "no key is named",
    (of) => [copied(of)],
    /^no public key is known: name what aws cloudtrail list-public-keys prints/,
  ],
  [
    "there are no digests",
    (of) => {
      for (const key of of.digests) of.objects.delete(key);
      return [copied(of), "--cloudtrail-keys", keysOf(of)];
    },
    /^there are no digests: name the folder or prefix that has CloudTrail-Digest beside CloudTrail/,
  ],
])("says that nothing was validated where %s", async (_, args, why) => {
  const { code, isValidated, unvalidated, files } = await reported("--cloudtrail", ...args(trailOfHours()));
  expect([code, isValidated, files]).toEqual([0, false, { valid: 0, open: 8 }]);
  expect(unvalidated).toMatch(why);
});

test("a copy without metadata has the signature of each digest in the next one, and the last one has none", async () => {
  const of = trailOfHours();
  const copy = copied(of, { heads: false });
  const { code, counts, digests } = await reported("--cloudtrail", copy, "--cloudtrail-keys", keysOf(of));
  expect([code, counts, digests]).toEqual([3, { "trail.digest-signature": 1 }, 3]);
});

test("fails when a digest was signed after its key was given up", async () => {
  const of = trailOfHours();
  const keys = keysOf(of, TRAIL.since + 3 * HOUR - 1);
  const { code, counts } = await reported("--cloudtrail", copied(of), "--cloudtrail-keys", keys);
  expect([code, counts]).toEqual([3, { "trail.digest-key": 1 }]);
});

test("of a day, digests of that day and of the hours behind it are read, from beside it", async () => {
  const of = trailOfHours();
  const day = join(copied(of), "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/30");
  const { code, digests, files } = await reported("--cloudtrail", day, "--cloudtrail-keys", keysOf(of));
  expect([code, digests, files]).toEqual([0, 4, { valid: 8, open: 0 }]);
});

test("of a day whose first digest names one of the day before, that one need not be there", async () => {
  const of = trailOfHours(TRAIL.bucket, TRAIL.since + 14 * HOUR);
  const [first = ""] = of.digests;
  of.objects.delete(first);
  const [copy, keys] = [copied(of), keysOf(of)];
  const day = join(copy, "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/12/01");
  expect(await reported("--cloudtrail", day, "--cloudtrail-keys", keys)).toMatchObject({ code: 0, digests: 3 });
  expect(await reported("--cloudtrail", copy, "--cloudtrail-keys", keys)).toMatchObject({
    code: 3,
    counts: { "trail.digest-missing": 1 },
  });
});

test.each([
  ["", ["", "", -Infinity, Infinity]],
  ["AWSLogs", ["AWSLogs/", "", -Infinity, Infinity]],
  ["a/CloudTrail", ["a/", "CloudTrail/", -Infinity, Infinity]],
  ["CloudTrail/eu-west-1/", ["", "CloudTrail/eu-west-1/", -Infinity, Infinity]],
  ["a/CloudTrail/eu-west-1/2026", ["a/", "CloudTrail/eu-west-1/2026/", "2026-01-01T00", "2027-01-01T02"]],
  ["a/CloudTrail/eu-west-1/2026/12/", ["a/", "CloudTrail/eu-west-1/2026/12/", "2026-12-01T00", "2027-01-01T02"]],
  ["a/CloudTrail/eu-west-1/2026/02/28", ["a/", "CloudTrail/eu-west-1/2026/02/28/", "2026-02-28T00", "2026-03-01T02"]],
] as const)("%s means these files and digests", (place, [root, events, from, until]) => {
  const seconds = (time: number | string) => (typeof time === "number" ? time : Date.parse(`${time}:00Z`) / 1_000);
  expect(trailScope(place)).toMatchObject({ root, events, from: seconds(from), until: seconds(until) });
});

test.each([
  ["no JSON", "x"],
  ["an empty list", JSON.stringify({ PublicKeyList: [] })],
  ["null", "null"],
])("fails when the file of keys is %s", async (_, text) => {
  const keys = folder.put("bad-keys.json", text);
  expect(await verify("--cloudtrail", copied(trailOfHours()), "--cloudtrail-keys", keys)).toMatchObject({
    code: 1,
    stderr: `ambit: ${keys} must hold public keys: write it with aws cloudtrail list-public-keys --start-time …\n`,
  });
});

test.each<readonly [string, object]>([
  ["no fingerprint", { Fingerprint: undefined }],
  ["a value that is no key", { Value: "AAAA" }],
  ["a time that is none", { ValidityEndTime: "soon" }],
])("fails when a key has %s", async (_, change) => {
  const of = trailOfHours();
  const { PublicKeyList } = JSON.parse(of.trail.keys()) as { readonly PublicKeyList: readonly object[] };
  const text = JSON.stringify({ PublicKeyList: PublicKeyList.map((key) => ({ ...key, ...change })) });
  const keys = folder.put("bad-keys.json", text);
  expect(await verify("--cloudtrail", copied(of), "--cloudtrail-keys", keys)).toMatchObject({
    code: 1,
    stderr: `ambit: ${keys} has a key without Fingerprint, Value or times that CloudTrail would write\n`,
  });
});

test("fails when keys are named, and no files of CloudTrail", async () => {
  expect(await verify("--cloudtrail-keys", keysOf(trailOfHours()))).toMatchObject({
    code: 64,
    stderr: expect.stringContaining("--cloudtrail-keys is for --cloudtrail: name that too") as string,
  });
});

test("fails when the folder is not there", async () => {
  const { code, stderr } = await verify("--cloudtrail", join(folder.path, "nowhere"));
  expect(code).toBe(1);
  expect(stderr).toContain("nowhere cannot be read: ENOENT");
});

describe("which trail it is", () => {
  const trailed = (of: TrailOfHours, ...args: readonly string[]) =>
    reported("--cloudtrail", copied(of), "--cloudtrail-keys", keysOf(of), ...args);
  const agents = { account: "111122223333", bucket: "acme-trail", name: "agents_eu-central-1" };

  test("is said by name, account and bucket, as the digests say", async () => {
    const of = trailOfHours();
    expect(await trailed(of)).toMatchObject({ code: 0, trail: agents });
    const { stdout } = await verify("--cloudtrail", copied(of), "--cloudtrail-keys", keysOf(of));
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "T12:00:00Z, of the trail agents_eu-central-1 of account 111122223333, which delivers to the bucket acme-trail",
    );
  });

  test("may be asked for", async () => {
    const args = ["--cloudtrail-account", "111122223333", "--cloudtrail-bucket", "acme-trail"];
    expect(await trailed(trailOfHours(), ...args)).toMatchObject({ code: 0, trail: agents, counts: {} });
  });

  test.each([
    ["account", ["--cloudtrail-account", "999988887777"], "the one of account 999988887777"],
    ["bucket", ["--cloudtrail-bucket", "other-trail"], "the one that delivers to the bucket other-trail"],
    [
      "account and bucket",
      ["--cloudtrail-account", "999988887777", "--cloudtrail-bucket", "acme-trail"],
      "the one of account 999988887777 that delivers to the bucket acme-trail",
    ],
  ])("fails when all files are of another %s than is asked for, and none is validated", async (_, args, expected) => {
    expect(await trailed(trailOfHours(), ...args)).toMatchObject({
      code: 3,
      trail: null,
      digests: 0,
      files: { valid: 0, open: 8 },
      counts: { "trail.foreign": 1 },
      findings: [
        {
          code: "trail.foreign",
          what: `4 digests are of another trail than ${expected}: of the trail agents_eu-central-1 of account 111122223333, which delivers to the bucket acme-trail`,
        },
      ],
    });
  });

  /** An hour of a trail that CloudTrail signs by the same key, beside the files of the first */
  const beside = (props: object): TrailOfHours => {
    const of = trailOfHours();
    const other = of.trail.beside(props);
    for (const object of [other.deliver([{ eventID: "o-1" }], TRAIL.since + 60), other.digest(TRAIL.since + HOUR)])
      of.objects.set(object.key, object);
    return of;
  };

  test.each<readonly [string, object, object, object]>([
    ["account", { account: "999988887777" }, { "trail.foreign": 1 }, { valid: 8, open: 1 }],
    ["bucket", { bucket: "other", name: "o" }, { "trail.foreign": 1, "trail.file-unlisted": 1 }, { valid: 8, open: 0 }],
  ])("fails when files of another %s lie beside the real ones", async (_, props, counts, files) => {
    expect(await trailed(beside(props))).toMatchObject({ code: 3, trail: agents, digests: 4, counts, files });
  });

  test("fails when another account is asked for than most files are of", async () => {
    const of = beside({ account: "999988887777" });
    expect(await trailed(of, "--cloudtrail-account", "999988887777")).toMatchObject({
      code: 3,
      trail: { ...agents, account: "999988887777" },
      counts: { "trail.foreign": 1 },
      files: { valid: 1, open: 8 },
    });
  });

  test.each([
    [["--cloudtrail-account", "acme"], "--cloudtrail-account must be the twelve digits of an AWS account, got acme"],
    [
      ["--cloudtrail-bucket", "acme-trail"],
      "--cloudtrail-bucket is compared with signed digests: name --cloudtrail and --cloudtrail-keys too",
    ],
  ])("fails when it is asked for by %j alone", async (args, message) => {
    const { code, stderr } = await verify("--cloudtrail", copied(trailOfHours()), ...args);
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });
});
