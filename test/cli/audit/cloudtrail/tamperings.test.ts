import { join } from "node:path";
import { auditCommand } from "../../../../cli/audit";
import { REMEDIES } from "../../../../cli/audit/finding";
import { LOG, LogOfRecords } from "../../../support/audit/log-of-records";
import { entriesWithTransaction, TXN } from "../../../support/audit/told-transaction";
import { TAMPERINGS, type TrailOfHours, trailOfHours } from "../../../support/audit/trail-tamperings";
import { called, scratch } from "../../../support/cli";

const folder = scratch("audit-cloudtrail");
const log = new LogOfRecords(join(folder.path, "log"));
beforeAll(() => void log.write(entriesWithTransaction()));

let count = 0;
/** A copy of the bucket, with the answers of `aws s3api head-object` */
const copied = ({ trail, objects }: TrailOfHours) => {
  const name = `copy-${count++}`;
  for (const { key, bytes, metadata } of objects.values()) {
    folder.put(`${name}/${key}`, bytes);
    if (key.includes("Digest")) folder.put(`${name}/${key}.head.json`, JSON.stringify({ Metadata: metadata }));
  }
  return [join(folder.path, name), folder.put(`${name}-keys.json`, trail.keys())] as const;
};

interface Report {
  readonly isSound: boolean;
  readonly cloudtrail: {
    readonly isSound: boolean;
    readonly isValidated: boolean;
    readonly counts: Readonly<Record<string, number>>;
    readonly findings: readonly { readonly code: keyof typeof REMEDIES; readonly fix: string; readonly file: string }[];
  };
}

test.each(TAMPERINGS)(
  "verify finds $found where of CloudTrail's files this is other: $what",
  async ({ change, found }) => {
    const of = trailOfHours();
    change(of);
    const [copy, keys] = copied(of);
    const { code, stdout } = await called(
      [auditCommand],
      "audit",
      "verify",
      log.folder,
      "--key",
      LOG.vkey,
      "--cloudtrail",
      copy,
      "--cloudtrail-keys",
      keys,
      "--json",
    );
    const { isSound, cloudtrail } = JSON.parse(stdout) as Report;
    expect(Object.keys(cloudtrail.counts).sort()).toEqual(found);
    expect([code, isSound, cloudtrail.isSound]).toEqual(found.length === 0 ? [0, true, true] : [3, false, false]);
    for (const { code: each, fix } of cloudtrail.findings) expect(fix).toBe(REMEDIES[each]);
  },
);

test("each code of CloudTrail's files is found by one of them", () => {
  const all = Object.keys(REMEDIES).filter((code) => code.startsWith("trail."));
  expect([...new Set(TAMPERINGS.flatMap(({ found }) => found))].sort()).toEqual(all.sort());
});

test("trace fails where a file that it reads is not what was delivered, and says which", async () => {
  const of = trailOfHours();
  const [key] = of.events as [string];
  of.objects.set(key, {
    ...(of.objects.get(of.events[1] as string) as never as { bytes: Buffer; metadata: object; key: string }),
    key,
    metadata: {},
  });
  const [copy, keys] = copied(of);
  const args = ["--log", log.folder, "--key", LOG.vkey, "--cache", join(folder.path, "cache"), "--cloudtrail", copy];
  const { code, stdout } = await called([auditCommand], "audit", "trace", TXN, ...args, "--cloudtrail-keys", keys);
  expect(code).toBe(3);
  expect(stdout).toContain("trail.file-changed");
  expect(stdout.replace(/\s+/g, " ")).toContain(REMEDIES["trail.file-changed"]);
});
