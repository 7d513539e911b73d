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
   * Write what never changes. It is durable when this is answered. The same bytes may stand there already.
   *
   * @param path below the log's prefix
   * @throws LogForked where other bytes stand there
   * @throws LogUnavailable where nothing is known: it may have been written or not
   */
  add(path: string, bytes: Uint8Array): Promise<void>;

  /**
   * The bytes at the path, which must be there.
   *
   * @throws LogForked where there are none
   * @throws LogUnavailable
   */
  read(path: string): Promise<Uint8Array>;

  /**
   * The checkpoint, which must be there.
   *
   * @throws LogForked where there is none
   * @throws LogUnavailable
   */
  checkpoint(): Promise<StoredCheckpoint>;

  /**
   * Write the checkpoint in the place of this one.
   *
   * @param before undefined for none
   * @returns whether that one was there; nothing is written where it was not
   * @throws LogUnavailable where nothing is known: it may have been written or not
   */
  replaceCheckpoint(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean>;
}

/** What stands in the log's storage is not what was written there. Nothing may be added. One sentence. */
export class LogForked extends LogError {
  public override readonly name = "LogForked";
}

/** The log's storage did not answer, or did not do what it was asked to. One sentence. */
export class LogUnavailable extends Error {
  public override readonly name = "LogUnavailable";
}
