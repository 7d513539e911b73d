import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_SCOPE } from "../../policies/signature";
import type { Io } from "../program";
import type { PublishResult } from "../publish";
import type { Places } from "./plan";

export interface PublishAll {
  /** The working copy */
  readonly folder: string;
  readonly places: Places;
  /** Revisions that must have been deployed before */
  readonly after: { readonly bundle?: number; readonly registry?: number };
  readonly has: (file: string) => boolean;
}

export interface Published extends PublishResult {
  readonly what: "bundle" | "registry";
}

/** Name of the bundle's object, as the policy engines are told */
const OBJECT = "policy/bundle.tar.gz";

/** Sign and publish what the folder holds of registry and bundle, as `ambit registry sign` and `ambit bundle sign` do. */
export async function publishAll(request: PublishAll, io: Io): Promise<readonly Published[]> {
  const published: Published[] = [];
  if (request.has("ambit/registry.json")) published.push({ what: "registry", ...(await registry(request, io)) });
  if (request.has("ambit/bundle.tar.gz")) published.push({ what: "bundle", ...(await bundle(request, io)) });
  return published;
}

async function registry({ folder, places, after }: PublishAll, io: Io): Promise<PublishResult> {
  const { sign, synthesizedDocument } = await import("../registry-sign");
  const { requestOf } = await import("../publish-options");
  const { TABLE_BOUNDS, TableStore } = await import("../registry-table");
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  const { region, registry_key: kmsKey, registry_table: table } = places;
  const { keysInKms, withStarterKeys } = await import("../starter-keys");
  const document = await withStarterKeys(synthesizedDocument(folder), keysInKms(region));
  const store = new TableStore(new DynamoDBClient({ ...TABLE_BOUNDS, region }), table);
  return sign({ document, ...(await requestOf(flags(kmsKey, region, after.registry), store, io)) }, io);
}

async function bundle({ folder, places, after }: PublishAll, io: Io): Promise<PublishResult> {
  const { sign } = await import("../bundle-sign");
  const { requestOf } = await import("../publish-options");
  const { S3_BOUNDS, S3Store } = await import("../bundle-store");
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { region, policy_key: kmsKey, policy_bucket: bucket } = places;
  const unsigned = readFileSync(join(folder, "ambit", "bundle.tar.gz"));
  const store = new S3Store(new S3Client({ ...S3_BOUNDS, region }), bucket, OBJECT);
  return sign({ unsigned, ...(await requestOf(flags(kmsKey, region, after.bundle), store, io)) }, io);
}

function flags(kmsKey: string, region: string, after: number | undefined) {
  return { kmsKey, region, scope: DEFAULT_SCOPE, ...(after === undefined ? {} : { after }) };
}
