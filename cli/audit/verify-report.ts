import { bold, green, jsonText, printable, red, table, wrapped } from "../terminal";
import { type Finding, REMEDIES } from "./finding";
import type { VerifiedLog } from "./verify-log";

export function isSound({ trusted, found }: VerifiedLog): boolean {
  return trusted !== undefined && found.counts.length === 0;
}

export function textReport(verified: VerifiedLog): string {
  const { name, trusted, writers, found } = verified;
  const total = found.counts.reduce((sum, [, count]) => sum + count, 0);
  const head = isSound(verified) ? green("sound") : red(`not sound, ${total} ${total === 1 ? "finding" : "findings"}`);
  const rows = [["log", printable(name)]];
  if (trusted !== undefined) {
    const { origin, size, root } = trusted.checkpoint;
    rows.push(["origin", printable(origin)]);
    rows.push(["records", `${number(size)} of ${number(writers)} ${writers === 1 ? "writer" : "writers"}`]);
    rows.push(["root", Buffer.from(root).toString("base64")]);
    for (const { name: witness, at } of trusted.witnesses) rows.push(["witness", `${printable(witness)}, ${time(at)}`]);
  }
  return `${head}\n${table(rows)}${findingsText(found.first)}${moreText(verified)}`;
}

/** Each with what to do */
export function findingsText(findings: readonly Finding[]): string {
  const texts = findings.map(
    ({ code, what }) => `\n${bold(code)}\n${wrapped(printable(what), "  ")}${wrapped(REMEDIES[code], "    ", "  → ")}`,
  );
  return texts.join("");
}

export function jsonReport(verified: VerifiedLog): string {
  const { name, trusted, writers, found } = verified;
  const checkpoint = trusted && {
    origin: trusted.checkpoint.origin,
    size: trusted.checkpoint.size,
    root: Buffer.from(trusted.checkpoint.root).toString("base64"),
    witnesses: trusted.witnesses,
  };
  const report = {
    version: "ambit.audit-verification/1",
    isSound: isSound(verified),
    log: name,
    checkpoint: checkpoint ?? null,
    writers,
    counts: Object.fromEntries(found.counts),
    findings: found.first.map((finding) => ({ ...finding, fix: REMEDIES[finding.code] })),
  };
  return `${jsonText(report, 2)}\n`;
}

/** Of findings that were only counted */
function moreText({ found: { first, counts } }: VerifiedLog): string {
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
