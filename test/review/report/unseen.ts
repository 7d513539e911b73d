const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Lines of a report with a character that moves, turns or hides other text */
export function unseenLines(report: string): readonly string[] {
  return report.split("\n").filter((line) => UNSEEN.test(line));
}
