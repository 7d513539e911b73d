import type { Finding } from "./importance";
import { counted, listed } from "./shown";

/** What a report has room for */
export interface Kept {
  readonly rows: ReadonlySet<Finding>;
  readonly witnesses: ReadonlySet<Finding>;
  /** What it has no room for, in numbers; empty where it has room for everything */
  readonly leftOut: string;
}

/** No row is shorter: of more parts than fit in any case, none has to be tried. */
const SHORTEST_ROW = 20;

/**
 * The longest report within the limit, made of the most important parts: unknown first, then gains, then their witnesses,
 * then losses.
 */
export function fitted(findings: readonly Finding[], limit: number, render: (kept: Kept) => string): string {
  const parts = partsOf(findings);
  const all = parts.reduce((sum, part) => sum + part.findings.length, 0);
  let [fits, most] = [0, Math.min(all, Math.floor(limit / SHORTEST_ROW))];
  let text = render(first(parts, 0));
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    const longer = render(first(parts, middle));
    if (longer.length > limit) most = middle - 1;
    else [fits, text] = [middle, longer];
  }
  return text;
}

interface Part {
  readonly findings: readonly Finding[];
  readonly as: "rows" | "witnesses";
  readonly words: readonly [one: string, many: string];
}

/** The most important first */
function partsOf(findings: readonly Finding[]): readonly Part[] {
  const of = (...directions: readonly Finding["direction"][]) =>
    findings.filter(({ direction }) => directions.includes(direction));
  const gains = of("gain", "undeclared");
  return [
    { findings: of("unknown"), as: "rows", words: ["unknown", "unknown"] },
    { findings: gains, as: "rows", words: ["gain", "gains"] },
    { findings: gains, as: "witnesses", words: ["witness", "witnesses"] },
    { findings: of("loss"), as: "rows", words: ["loss", "losses"] },
  ];
}

function first(parts: readonly Part[], count: number): Kept {
  const kept = { rows: new Set<Finding>(), witnesses: new Set<Finding>() };
  const left: string[] = [];
  let room = count;
  for (const { findings, as, words } of parts) {
    const some = findings.slice(0, room);
    some.forEach((finding) => kept[as].add(finding));
    room -= some.length;
    const out = findings.length - some.length;
    if (out > 0) left.unshift(`${out} of ${counted(findings.length, ...words)}`);
  }
  return { ...kept, leftOut: listed(left) };
}
