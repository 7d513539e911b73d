/** Lines of a difference that say enough */
const MOST_LINES = 40;

/**
 * Lines that were there and are not, and the other way round, as `- line` and `+ line`; empty where both are the same.
 *
 * Each agent has lines of its own, so what stands above and below says little: only the heading that it is under is shown.
 */
export function differenceOf(before: string, after: string): readonly string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.join("\n") === now.join("\n")) return [];
  const lines = [...changed("-", old, now), ...changed("+", now, old)];
  if (lines.length === 0) return ["- lines in another order"];
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more lines`];
}

/** Lines of one that the other does not have under the same heading */
function changed(sign: "+" | "-", lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(placed(others));
  return placed(lines)
    .filter((line) => !known.has(line))
    .map((line) => `${sign} ${line}`);
}

/** Each line that says something, with the agent and the fact that it is under */
function placed(lines: readonly string[]): readonly string[] {
  let heading = "";
  let fact = "";
  return lines.flatMap((line) => {
    if (line === "") return [];
    if (line.startsWith("#")) {
      heading = line.replace(/^#+ /, "");
      return [heading];
    }
    if (line.startsWith("- ")) fact = line.slice(2).replace(/:$/, "");
    return [line.startsWith("  - ") ? `${heading}: ${fact}: ${line.slice(4)}` : `${heading}: ${line}`];
  });
}

function linesOf(text: string): readonly string[] {
  return text.replaceAll("\r\n", "\n").trimEnd().split("\n");
}
