import { deepStrictEqual as equal, match } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { TAMPERINGS, type TrailOfHours, trailOfHours } from "../../support/audit/trail-tamperings";
import { REGION } from "../exchange/state-table";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { ambitValidates, awsCliPython, awsValidates, listsPublicKeys } from "./trail-judges";

const bucketOf = (at: number): string => `acme-trail-${at}`;
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/**
 * AWS's own `aws cloudtrail validate-logs` and `ambit audit` judge the same buckets. CloudTrail is a stand-in, with a key of its own:
 * that AWS's command accepts its digests says that they have the format which AWS reads.
 */
export function cloudTrailChecks(suite: Suite, moto: Check<Moto>): void {
  const python = suite.check("cloudtrail: AWS's command line is installed", [], () => awsCliPython());

  suite.check(
    `cloudtrail: of ${TAMPERINGS.length} buckets ambit refuses each that aws cloudtrail validate-logs refuses, and what that does not look at`,
    [moto, python],
    async ([{ url }, program], note) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-e2e-trail-"));
      const keys = join(folder, "keys.json");
      const { trail } = trailOfHours();
      writeFileSync(keys, trail.keys());
      const api = await listsPublicKeys(trail.keys());
      try {
        const s3 = new S3Client({ endpoint: url, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
        for (const [at, { change }] of TAMPERINGS.entries()) {
          const of = trailOfHours(bucketOf(at));
          change(of);
          await put(s3, bucketOf(at), of);
        }
        s3.destroy();
        const buckets = TAMPERINGS.map((_, at) => bucketOf(at));
        const [ours, theirs] = await Promise.all([
          ambitValidates(url, keys, buckets),
          awsValidates(program, { s3: url, cloudtrail: api.url, folder }, buckets),
        ]);
        const table = TAMPERINGS.map(({ what }, at) => [
          what,
          ours[at]?.found.counts.map(([code]) => code).sort(),
          theirs[at]?.code === 1,
        ]);
        const wanted = TAMPERINGS.map(({ what, found, isFoundByAws }) => [what, found, isFoundByAws]);
        equal(table, wanted);
        match(theirs[0]?.text ?? "", /4\/4 digest files valid[^]*8\/8 log files valid/);
        const more = TAMPERINGS.filter(({ found, isFoundByAws }) => found.length > 0 && !isFoundByAws);
        note(`ambit alone: ${more.map(({ what }) => what).join("; ")}`);
        note("CloudTrail is a stand-in that signs with a key of its own, and lists its public key");
      } finally {
        api.server.close();
        rmSync(folder, { recursive: true });
      }
    },
  );
}

async function put(s3: S3Client, bucket: string, { objects }: TrailOfHours): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  for (const { key, bytes, metadata } of objects.values())
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, Metadata: { ...metadata } }));
}
