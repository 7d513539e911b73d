import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { platform } from "../../../../fleet/platform";
import { StandInTrail } from "../../../support/audit/stand-in-trail";
import { ACCOUNT } from "../../cluster/aws/account";
import type { AwsCall } from "../../cluster/aws/calls";
import { trailRecords } from "../../cluster/aws/trail-events";
import { isSelected, renderedTrail } from "../../cluster/aws/trail-selectors";
import { REGION } from "../../exchange/state-table";
import { storyApp } from "../fleet/story-app";

const HOUR = 3_600;

export interface DeliveredTrail {
  readonly bucket: string;
  /** Events that could be written down, and those that the trail's selectors choose */
  readonly all: number;
  readonly chosen: number;
  /** What `aws cloudtrail list-public-keys` would print */
  readonly keys: string;
}

/**
 * In place of CloudTrail, which moto has without its files: what arrived at STS and S3, as far as the rendered trail writes it down, in
 * one file and one signed digest, in the rendered bucket.
 *
 * @param url of moto
 */
export async function deliveredTrail(url: string, arrived: readonly AwsCall[]): Promise<DeliveredTrail> {
  const rendered = renderedTrail(storyApp().stacks.foundation);
  const all = trailRecords(arrived);
  const chosen = all.filter((event) => isSelected(rendered, event));
  const bucket = platform.trailBucket;
  const now = Math.floor(Date.now() / 1_000);
  const trail = new StandInTrail({ bucket, account: ACCOUNT, region: REGION, name: rendered.name, since: now - HOUR });
  trail.deliver(chosen, now - 60);
  trail.digest(now);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ endpoint: url, region: REGION, credentials, forcePathStyle: true });
  for (const { key, bytes, metadata } of trail.delivered)
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, Metadata: { ...metadata } }));
  s3.destroy();
  return { bucket, all: all.length, chosen: chosen.length, keys: trail.keys() };
}
