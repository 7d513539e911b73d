import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { systemClock } from "../../../clock";
import type { Log } from "../../../log";
import { DYNAMODB_BOUNDS, DynamoDbStore } from "../../../store/dynamodb-store";
import { wallElapsed } from "../../../wall-elapsed";
import { NoteKmsKey } from "../../keys/note-kms-key";
import { noteKeyIn, vkeyOf } from "../../tlog/note-key";
import { Witness } from "../witness";
import type { WitnessFunctionConfig } from "./config";
import { type WitnessHandler, witnessHandler } from "./handler";

/** An answer counts within 10 s, in which KMS is asked once, and once more where it failed. */
const KMS_BOUNDS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;

/**
 * Make a witness as the configuration says, and tell its verifier key.
 *
 * @throws SignerError if KMS does not give the key
 */
export async function startWitness(config: WitnessFunctionConfig, log: Log): Promise<WitnessHandler> {
  const { name, key, logs, store: kept } = config;
  const { table, region, endpoint } = kept;
  const kms = new KMSClient({ ...KMS_BOUNDS, region });
  const signer = await NoteKmsKey.of({ client: kms, key, name, kind: "cosignature" });
  const client = new DynamoDBClient({ ...DYNAMODB_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
  const witness = new Witness({
    logs: logs.map(noteKeyIn),
    // Which table it is, is asked again after a time in which a frozen function may have slept.
    store: new DynamoDbStore({ client, table, elapsed: wallElapsed() }),
    signer,
    clock: systemClock,
    log,
  });
  log("witness.started", { vkey: vkeyOf(signer.key), logs });
  return witnessHandler(witness);
}
