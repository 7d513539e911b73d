import { KMSClient } from "@aws-sdk/client-kms";
import { readText } from "../checked-config";
import { jsonLog } from "../log";
import { KMS_BOUNDS, kmsSignature } from "../signer/kms-signer";
import { asked } from "./asked";
import { batch, type BatchAnswer } from "./batch";
import { JSON_VARIABLE } from "../checked-config";
import { readStarterConfig } from "./config";
import type { QueueRecord } from "./messages";
import { Starter } from "./starter";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const log = jsonLog((line) => void process.stdout.write(line));
const config = readStarterConfig(process.env[JSON_VARIABLE]);
const { region, kmsEndpoint: endpoint, key, ca } = config;
const kms = new KMSClient({ ...KMS_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
const starter = new Starter({
  config,
  ca: ca === undefined ? undefined : readText(ca, "ca"),
  sign: (bytes) => kmsSignature(kms, key, bytes),
  ask: asked,
  log,
  now: Date.now,
});

/** A starter as a function of AWS Lambda, behind its queue in SQS */
export async function handler({ Records }: { readonly Records: readonly QueueRecord[] }): Promise<BatchAnswer> {
  return batch(config, Records, starter, log, Date.now);
}
