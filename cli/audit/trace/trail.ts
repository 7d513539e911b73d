import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isRecord } from "../../../domain/is-record";
import { CliError } from "../../program";
import { logClient, type S3Place, s3PlaceIn } from "../s3-place";
import { TrailEvent } from "./trail-event";

/** Files as CloudTrail delivers them: `{"Records": […]}`, mostly compressed */
const FILE = /\.json(?:\.gz)?$/;
/** A bound for what one compressed file may become */
const MOST_BYTES = 256 * 1_024 * 1_024;
const GZIP = 0x1f;

/**
 * Events of one transaction, in any order, each once
 *
 * @param place a folder, or `s3://bucket/prefix`, with files of CloudTrail
 * @throws CliError
 */
export async function trailOf(place: string, txn: string, region?: string): Promise<readonly TrailEvent[]> {
  const at = s3PlaceIn(place);
  const files = at === undefined ? filesIn(place) : objectsIn(at, region);
  const events = new Map<string, TrailEvent>();
  for await (const [name, bytes] of files) {
    // A name that does not occur need not be looked for: most files are of others.
    const text = textOf(name, bytes);
    if (!text.includes(txn)) continue;
    for (const [at, event] of recordsIn(name, text).entries()) {
      const found = TrailEvent.of(event, txn);
      const id = isRecord(event) && typeof event["eventID"] === "string" ? event["eventID"] : `${name} ${at}`;
      if (found !== undefined) events.set(id, found);
    }
  }
  return [...events.values()];
}

async function* filesIn(folder: string): AsyncGenerator<readonly [string, Uint8Array]> {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    throw new CliError(`${folder} cannot be read: ${(error as Error).message}`);
  }
  for (const name of names.filter((each) => FILE.test(each)).sort()) {
    const path = join(folder, name);
    yield [path, readFileSync(path)];
  }
}

async function* objectsIn(
  { bucket, prefix }: S3Place,
  region: string | undefined,
): AsyncGenerator<readonly [string, Uint8Array]> {
  const { GetObjectCommand, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const client = await logClient(region);
  try {
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }));
      for (const { Key = "" } of page.Contents ?? []) {
        if (!FILE.test(Key)) continue;
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        yield [`s3://${bucket}/${Key}`, (await Body?.transformToByteArray()) ?? new Uint8Array()];
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  } catch (error) {
    const { name, message } = error as Error;
    throw new CliError(`cannot read s3://${bucket}/${prefix}: ${name}: ${message}`, { cause: error });
  } finally {
    client.destroy();
  }
}

function textOf(name: string, bytes: Uint8Array): string {
  try {
    const plain = bytes[0] === GZIP ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : Buffer.from(bytes);
    return plain.toString("utf8");
  } catch (error) {
    throw new CliError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

function recordsIn(name: string, text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isRecord(value) && Array.isArray(value["Records"])) return value["Records"] as readonly unknown[];
  throw new CliError(`${name} must be a file of CloudTrail, with a list Records: name the folder that has these alone`);
}
