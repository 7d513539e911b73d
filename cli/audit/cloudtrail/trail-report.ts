import { printable } from "../../terminal";
import { REMEDIES } from "../finding";
import { textOf } from "./one-trail";
import type { FileState, ValidatedTrail } from "./trail-validation";

/** What is known of a file of events, for people */
export const FILE_STATES: Readonly<Record<FileState, string>> = {
  valid: "validated",
  open: "not validated",
  invalid: "not as CloudTrail delivered it",
};

/** Whether there are no findings: unvalidated files are reported, but are not a finding. */
export function isTrailSound({ found }: ValidatedTrail): boolean {
  return found.counts.length === 0;
}

/** One sentence */
export function trailText({ unvalidated, trail, digests, covers, files }: ValidatedTrail): string {
  if (unvalidated !== undefined) return `not validated: ${unvalidated}`;
  const { valid, open } = files;
  const of = `${counted(valid, "file")} validated, by ${counted(digests, "digest")} that CloudTrail signed`;
  const when = covers === undefined ? "" : `, from ${time(covers.from)} to ${time(covers.until)}`;
  const more =
    open === 0 ? "" : `; ${counted(open, "file")} not validated, as no digest covers ${open === 1 ? "it" : "them"}`;
  return `${of}${when}${trail === undefined ? "" : `, of ${textOf(trail)}`}${more}`;
}

/** For JSON */
export function trailReport(trail: ValidatedTrail): object {
  const { name, unvalidated, trail: delivering, digests, covers, files, found } = trail;
  return {
    place: name,
    isValidated: unvalidated === undefined,
    isSound: isTrailSound(trail),
    ...(unvalidated !== undefined && { unvalidated }),
    trail: delivering ?? null,
    digests,
    covers: covers ?? null,
    files,
    counts: Object.fromEntries(found.counts),
    findings: found.first.map((finding) => ({ ...finding, fix: REMEDIES[finding.code] })),
  };
}

/** Rows of a table */
export function trailRows(trail: ValidatedTrail): readonly (readonly string[])[] {
  return [
    ["CloudTrail", printable(trail.name)],
    ["", printable(trailText(trail))],
  ];
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

function time(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}
