import { bold, green, jsonText, printable, red, table, wrapped } from "../terminal";
import { isTrailSound, trailReport, trailRows } from "./cloudtrail/trail-report";
import type { ValidatedTrail } from "./cloudtrail/trail-validation";
import { type Finding, type FoundSoFar, REMEDIES } from "./finding";
import type { VerifiedLog } from "./verify-log";

/** @param trail undefined if no files of CloudTrail were looked at */
export function isSound({ trusted, found }: VerifiedLog, trail?: ValidatedTrail): boolean {
  return trusted !== undefined && found.counts.length === 0 && (trail === undefined || isTrailSound(trail));
}

export function textReport(verified: VerifiedLog, trail?: ValidatedTrail): string {
  const { name, trusted, writers } = verified;
  const found = foundIn(verified, trail);
  const total = found.counts.reduce((sum, [, count]) => sum + count, 0);
  const head = isSound(verified, trail)
    ? green("sound")
    : red(`not sound, ${total} ${total === 1 ? "finding" : "findings"}`);
  const rows: (readonly string[])[] = [["log", printable(name)]];
  if (trusted !== undefined) {
    const { origin, size, root } = trusted.checkpoint;
    rows.push(["origin", printable(origin)]);
    rows.push(["records", `${number(size)} of ${number(writers)} ${writers === 1 ? "writer" : "writers"}`]);
    rows.push(["root", Buffer.from(root).toString("base64")]);
    for (const { name: witness, at } of trusted.witnesses) rows.push(["witness", `${printable(witness)}, ${time(at)}`]);
  }
  if (trail !== undefined) rows.push(...trailRows(trail));
  return `${head}\n${table(rows)}${findingsText(found.first)}${moreText(found)}`;
}

/** Each with what to do */
export function findingsText(findings: readonly Finding[]): string {
  const texts = findings.map(
    ({ code, what }) => `\n${bold(code)}\n${wrapped(printable(what), "  ")}${wrapped(REMEDIES[code], "    ", "  → ")}`,
  );
  return texts.join("");
}

export function jsonReport(verified: VerifiedLog, trail?: ValidatedTrail): string {
  const { name, trusted, writers, found } = verified;
  const checkpoint = trusted && {
    origin: trusted.checkpoint.origin,
    size: trusted.checkpoint.size,
    root: Buffer.from(trusted.checkpoint.root).toString("base64"),
    witnesses: trusted.witnesses,
  };
  const report = {
    version: "ambit.audit-verification/1",
    isSound: isSound(verified, trail),
    log: name,
    checkpoint: checkpoint ?? null,
    writers,
    counts: Object.fromEntries(found.counts),
    findings: found.first.map((finding) => ({ ...finding, fix: REMEDIES[finding.code] })),
    ...(trail && { cloudtrail: trailReport(trail) }),
  };
  return `${jsonText(report, 2)}\n`;
}

function foundIn({ found }: VerifiedLog, trail: ValidatedTrail | undefined): FoundSoFar {
  if (trail === undefined) return found;
  return { first: [...found.first, ...trail.found.first], counts: [...found.counts, ...trail.found.counts] };
}

/** Of findings that were only counted */
function moreText({ first, counts }: FoundSoFar): string {
  const more = counts.flatMap(([code, count]) => {
    const rest = count - first.filter((finding) => finding.code === code).length;
    return rest > 0 ? [`${number(rest)} of ${code}`] : [];
  });
  return more.length === 0 ? "" : `\nand more: ${more.join(", ")}\n`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
