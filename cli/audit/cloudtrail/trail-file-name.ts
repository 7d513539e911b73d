/** What the name of a file of CloudTrail tells, wherever the file lies */
export interface TrailFileName {
  readonly kind: "events" | "digest";
  /** Of one account and region, and for a digest of one trail, backfill apart */
  readonly series: string;
  /** Of one account and region: digests and files of events that belong together */
  readonly of: string;
  readonly account: string;
  readonly region: string;
  /** Name and home region of a digest's trail, as `agents_eu-central-1` */
  readonly trail?: string;
  /** Of a digest for files that were delivered too late for their own */
  readonly isBackfill: boolean;
  /** When CloudTrail delivered it, or a digest's end, in whole seconds since the epoch */
  readonly time: number;
}

const EVENTS = /^((\d{12})_CloudTrail_([a-z0-9-]+)())_(\d{8}T\d{4})Z_[^_/]+\.json\.gz$/;
const DIGEST = /^((\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+))_(\d{8}T\d{6})Z(_backfill)?\.json\.gz$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?$/;

/**
 * Source: CloudTrail User Guide, "CloudTrail log file names" and "Digest file location"
 *
 * @param path with `/`
 * @returns undefined if CloudTrail names no file so
 */
export function trailFileName(path: string): TrailFileName | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (const [kind, pattern] of [["events", EVENTS] as const, ["digest", DIGEST] as const]) {
    const [, series, account, region, trail, at, backfill = ""] = pattern.exec(name) ?? [];
    const time = timeIn(at);
    if (series === undefined || account === undefined || region === undefined || time === undefined) continue;
    const of = `${account} ${region}`;
    const isBackfill = backfill !== "";
    return { kind, series: `${series}${backfill}`, of, account, region, time, isBackfill, ...(trail && { trail }) };
  }
  return undefined;
}

function timeIn(text: string | undefined): number | undefined {
  const [, year, month, day, hour, minute, second = "00"] = TIME.exec(text ?? "") ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time / 1_000;
}
