import { METRICS } from "../../../domain/telemetry-names";
import type { Backlog, BacklogFigures } from "../../audit/backlog";
import { LogIntegrator } from "../../audit/integration/integrator";
import { LogKeeper } from "../../audit/integration/log-keeper";
import { FolderLog } from "../../audit/storage/folder-log";
import type { LogStorage } from "../../audit/storage/log-storage";
import { vkeyOf } from "../../audit/tlog/note-key";
import type { NoteSigner } from "../../audit/tlog/note-signer";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import { NoteKeyFile } from "../../audit/keys/note-key-file";
import type { StateStore } from "../../store/store";
import type { AuditLogConfig } from "../audit-log-config";
import type { Telemetry } from "../../telemetry/telemetry";
import { regionOfKey } from "./signing-keys";
import { cosigningOf } from "./witnessing";

export interface AuditLogParts {
  readonly store: StateStore;
  readonly backlog: Backlog;
  /** Name of this process among those that write records */
  readonly writer: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, "measure">;
}

/**
 * Have the records of all processes brought into the log for as long as this one runs.
 *
 * @throws SignerError if the key cannot be asked, or is of another kind
 */
export async function keepAuditLog(config: AuditLogConfig, parts: AuditLogParts): Promise<LogKeeper> {
  const { store, backlog, writer, clock, log, telemetry } = parts;
  const elapsed = (): number => performance.now();
  const [storage, signer] = await Promise.all([storageOf(config.storage), signerOf(config)]);
  const { witnessing } = config;
  const cosigning = witnessing && cosigningOf(witnessing, { storage, clock, log, elapsed });
  const holding = { store, storage, signer, holder: writer, clock, elapsed };
  const integrator = new LogIntegrator({ ...holding, ...(cosigning && { cosigning }) });
  const measure = ({ records, oldestSeconds }: BacklogFigures): void => {
    telemetry.measure(METRICS.auditBacklogRecords, records);
    telemetry.measure(METRICS.auditBacklogAge, oldestSeconds);
    if (witnessing !== undefined) telemetry.measure(METRICS.auditWitnessAge, backlog.uncosigned.seconds);
  };
  const keeper = new LogKeeper({ integrator, store, backlog, log, measure, elapsed });
  keeper.start();
  log("audit.started", { key: vkeyOf(signer.key), storage: storage.name });
  return keeper;
}

async function storageOf({ folder, s3 }: AuditLogConfig["storage"]): Promise<LogStorage> {
  if (s3 === undefined) return new FolderLog(folder as string);
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { S3_LOG_BOUNDS, S3Log } = await import("../../audit/storage/s3-log");
  const { bucket, prefix, region, endpoint } = s3;
  // An emulator has one address for all buckets.
  const at = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
  return new S3Log({ client: new S3Client({ ...S3_LOG_BOUNDS, region, ...at }), bucket, prefix });
}

async function signerOf({ key: { kms, file }, origin }: AuditLogConfig): Promise<NoteSigner> {
  if (kms === undefined) return new NoteKeyFile(file as string, origin);
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const { KMS_BOUNDS } = await import("../../signer/kms-signer");
  const { NoteKmsKey } = await import("../../audit/keys/note-kms-key");
  const client = new KMSClient({ ...KMS_BOUNDS, ...regionOfKey(kms) });
  return NoteKmsKey.of({ client, key: kms, name: origin });
}
