import { CreateBucketCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { gunzipSync, gzipSync } from "node:zlib";
import { type DeliveredObject, StandInTrail } from "../../support/audit/stand-in-trail";
import { REGION } from "../exchange/state-table";

const HOUR = 3_600;
/** More than the one day that is asked about */
const HOURS = 27;
const ACCOUNT = "111122223333";
export const TRAIL = "ambit-prod";
/** As the page names them */
export const TRAIL_BUCKET = `ambit-trail-prod-${ACCOUNT}`;
const condition = (Field: string, Equals: string) => ({ Field, Equals: [Equals] });

/** What is written down: of all objects and items */
export const SELECTORS = ["AWS::S3::Object", "AWS::DynamoDB::Table"].map((type) => ({
  Name: type,
  FieldSelectors: [condition("eventCategory", "Data"), condition("resources.type", type)],
}));

/** A trail in a bucket of moto, as CloudTrail delivers it there, but for the key */
export class DeliveredTrail {
  private readonly trail: StandInTrail;
  private readonly file: DeliveredObject;

  /** @param now whole seconds since 1970 @param event that its last file has */
  constructor(
    private readonly s3: S3Client,
    now: number,
    event: (at: number) => Readonly<Record<string, unknown>>,
  ) {
    const end = now - 60;
    const since = end - HOURS * HOUR;
    this.trail = new StandInTrail({ bucket: TRAIL_BUCKET, account: ACCOUNT, region: REGION, name: TRAIL, since });
    for (let hour = 1; hour < HOURS; hour++) this.trail.digest(since + hour * HOUR);
    this.file = this.trail.deliver([event(end - 1_800)], end - 900);
    this.trail.digest(end);
  }

  /** What `aws cloudtrail list-public-keys` prints */
  public get keys(): string {
    return this.trail.keys();
  }

  public async deliver(): Promise<void> {
    const LocationConstraint = REGION;
    await this.s3.send(
      new CreateBucketCommand({ Bucket: TRAIL_BUCKET, CreateBucketConfiguration: { LocationConstraint } }),
    );
    await Promise.all(this.trail.delivered.map((object) => this.put(object)));
  }

  /** Somebody who may write there puts one text in place of another. */
  public async tampered(from: string, to: string): Promise<void> {
    const text = gunzipSync(this.file.bytes).toString("utf8");
    if (!text.includes(from)) throw new Error(`no file has ${from}`);
    await this.put({ ...this.file, bytes: gzipSync(text.replace(from, to)) });
  }

  private async put({ key: Key, bytes: Body, metadata: Metadata }: DeliveredObject): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: TRAIL_BUCKET, Key, Body, Metadata: { ...Metadata } }));
  }
}
