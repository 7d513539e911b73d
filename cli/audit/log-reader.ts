import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LogForked, LogUnavailable } from "../../runtime/audit/storage/log-storage";
import { CliError, UsageError } from "../program";
import { logClient, type S3Place, s3PlaceIn } from "./s3-place";

/** Reads the files of a log. A folder is read at once, which is faster than by promises. */
export interface LogReader {
  /** For people */
  readonly name: string;

  /**
   * @returns undefined if there is no such file
   * @throws LogUnavailable if that is unknown
   */
  read(path: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** Location of a log from the command line; it can be passed to another thread. */
export interface LogPlace {
  /** A folder, or `s3://bucket/prefix` */
  readonly place: string;
  readonly region?: string;
}

const GONE = ["ENOENT", "ENOTDIR"];

/** @throws UsageError, CliError */
export async function openLog({ place, region }: LogPlace): Promise<LogReader> {
  const at = s3PlaceIn(place);
  if (at !== undefined) return s3Reader(at, region);
  if (/^\w+:\/\//.test(place)) throw new UsageError(`a log must be a folder or s3://bucket/prefix, got ${place}`);
  if (region !== undefined) throw new UsageError("--region is that of an s3://… log");
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CliError(`there is no folder ${place}: name the one in which the log's checkpoint lies`);
  return folderReader(place);
}

/** @param folder that exists */
export function folderReader(folder: string): LogReader {
  const read = (path: string): Uint8Array | undefined => {
    try {
      return readFileSync(join(folder, path));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (GONE.includes(code ?? "")) return undefined;
      throw new LogUnavailable(`cannot read ${path} in ${folder}: ${message}`, { cause: error });
    }
  };
  return { name: folder, read };
}

async function s3Reader({ bucket, prefix }: S3Place, region: string | undefined): Promise<LogReader> {
  const { S3Log } = await import("../../runtime/audit/storage/s3-log");
  const client = await logClient(region);
  const log = new S3Log({ client, bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` });
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    try {
      return await log.read(path);
    } catch (error) {
      if (error instanceof LogForked) return undefined;
      throw error;
    }
  };
  return { name: log.name, read };
}
