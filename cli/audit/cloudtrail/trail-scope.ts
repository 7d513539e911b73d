/** Which files of a place are meant: those of events below one part of CloudTrail's folders, and the digests that list them */
export interface TrailScope {
  /** Folder or prefix with both; ends with a slash, or is empty */
  readonly root: string;
  /** Below the root, what files of events begin with */
  readonly events: string;
  /** Below the root, what digests begin with */
  readonly digests: string;
  /** Ends of digests that may list files of the days that are meant, in whole seconds since the epoch */
  readonly from: number;
  readonly until: number;
}

/** Files that say nothing of the time before it are left out: in whole seconds since the epoch */
export interface TrailTime {
  readonly from: number;
}

const EVENTS = "CloudTrail/";
const DIGESTS = "CloudTrail-Digest/";
/** A file may be listed an hour later, and that digest come an hour after. */
const LATE_SECONDS = 2 * 3_600;

/**
 * `…/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/30/` means a day of one region, whose digests lie beside it in
 * `CloudTrail-Digest`; of any other folder all is meant.
 * Source: CloudTrail User Guide, "Finding your CloudTrail log files"
 */
export function trailScope(place: string): TrailScope {
  const path = place === "" || place.endsWith("/") ? place : `${place}/`;
  const at = `/${path}`.lastIndexOf(`/${EVENTS}`);
  if (at < 0) return { root: path, events: "", digests: "", from: -Infinity, until: Infinity };
  const [root, below] = [path.slice(0, at), path.slice(at + EVENTS.length)];
  const [region = "", ...date] = below.split("/").filter((part) => part !== "");
  const [from, until] = daysOf(date);
  const digests = region === "" ? DIGESTS : `${DIGESTS}${region}/`;
  return { root, events: `${EVENTS}${below}`, digests, from, until: until + LATE_SECONDS };
}

/** The same, of a time alone */
export function scopeSince(scope: TrailScope, { from }: TrailTime): TrailScope {
  return { ...scope, from: Math.max(scope.from, from) };
}

/**
 * Whether a file delivered then can have events of the days that are meant, or is one that their digests list
 *
 * @param time in whole seconds since the epoch
 */
export function isRecent({ from }: Pick<TrailScope, "from">, time: number): boolean {
  return time >= from - 2 * LATE_SECONDS;
}

/** @param date year, month and day, or what there is of them */
function daysOf([year, month, day]: readonly string[]): readonly [from: number, until: number] {
  if (year === undefined) return [-Infinity, Infinity];
  const [y, m, d] = [Number(year), month === undefined ? 0 : Number(month) - 1, day === undefined ? 1 : Number(day)];
  const next =
    month === undefined ? Date.UTC(y + 1, 0) : day === undefined ? Date.UTC(y, m + 1) : Date.UTC(y, m, d + 1);
  const days = [Date.UTC(y, m, d) / 1_000, next / 1_000] as const;
  return days.some(Number.isNaN) ? [-Infinity, Infinity] : days;
}
