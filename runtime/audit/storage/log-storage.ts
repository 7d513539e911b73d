import { LogError } from "../tlog/log-error";

/** A checkpoint as it stands, and what names this one alone */
export interface StoredCheckpoint {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** Where the files of a log lie: tiles and bundles, which never change, and its checkpoint. */
export interface LogStorage {
  /** For people, such as `s3://bucket/prefix/` */
  readonly name: string;

  /**
   * Write an immutable file. It is durable once this resolves. The same bytes may exist already.
   *
   * @param path below the log's prefix
   * @throws LogForked if the file has other bytes
   * @throws LogUnavailable if it is unknown whether it was written
   */
  add(path: string, bytes: Uint8Array): Promise<void>;

  /**
   * The bytes at the path, which must exist.
   *
   * @throws LogForked if it does not
   * @throws LogUnavailable
   */
  read(path: string): Promise<Uint8Array>;

  /**
   * The checkpoint, which must exist.
   *
   * @throws LogForked if it does not
   * @throws LogUnavailable
   */
  checkpoint(): Promise<StoredCheckpoint>;

  /**
   * Replace the checkpoint by compare-and-swap.
   *
   * @param before expected checkpoint; undefined for none
   * @returns whether it matched; if not, nothing is written
   * @throws LogUnavailable if it is unknown whether it was written
   */
  replaceCheckpoint(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean>;
}

/** The log's storage does not hold what was written there. Nothing may be added. One sentence. */
export class LogForked extends LogError {
  public override readonly name = "LogForked";
}

/** The log's storage did not answer, or did not do what it was asked to. One sentence. */
export class LogUnavailable extends Error {
  public override readonly name = "LogUnavailable";
}
