import type { Finding } from "./importance";
import { counted, listed } from "./shown";

/** What a report has room for */
export interface Kept {
  readonly rows: ReadonlySet<Finding>;
  readonly witnesses: ReadonlySet<Finding>;
}

/** No row is shorter: of more parts than fit in any case, none has to be tried. */
const SHORTEST_ROW = 20;

/**
 * The longest report within the limit, made of the most important parts: unknown first, then gains, then their witnesses,
 * then losses.
 */
export function fitted(findings: readonly Finding[], limit: number, render: (kept: Kept) => string): string {
  const parts = partsOf(findings);
  const upTo = (count: number) => render(kept(parts.slice(0, count)));
  let [fits, most] = [0, Math.min(parts.length, Math.floor(limit / SHORTEST_ROW))];
  let text = upTo(0);
  while (fits < most) {
    const middle = Math.ceil((fits + most) / 2);
    const longer = upTo(middle);
    if (longer.length > limit) most = middle - 1;
    else [fits, text] = [middle, longer];
  }
  return text;
}

/** What was left out, in numbers; empty where nothing was */
export function leftOut(findings: readonly Finding[], { rows, witnesses }: Kept): string {
  const count = (some: readonly Finding[], kept: ReadonlySet<Finding>, one: string, many: string) => {
    const left = some.filter((finding) => !kept.has(finding)).length;
    return left === 0 ? [] : [`${left} of ${counted(some.length, one, many)}`];
  };
  const [unknown, gains, losses] = [findings.filter(isUnknown), findings.filter(isGain), findings.filter(isLoss)];
  return listed([
    ...count(losses, rows, "loss", "losses"),
    ...count(gains, witnesses, "witness", "witnesses"),
    ...count(gains, rows, "gain", "gains"),
    ...count(unknown, rows, "unknown", "unknown"),
  ]);
}

interface Part {
  readonly finding: Finding;
  readonly as: keyof Kept;
}

function partsOf(findings: readonly Finding[]): readonly Part[] {
  const parts = (some: readonly Finding[], as: keyof Kept): readonly Part[] => some.map((finding) => ({ finding, as }));
  const gains = findings.filter(isGain);
  return [
    ...parts(findings.filter(isUnknown), "rows"),
    ...parts(gains, "rows"),
    ...parts(gains, "witnesses"),
    ...parts(findings.filter(isLoss), "rows"),
  ];
}

function kept(parts: readonly Part[]): Kept {
  const of = (which: keyof Kept) => new Set(parts.filter(({ as }) => as === which).map(({ finding }) => finding));
  return { rows: of("rows"), witnesses: of("witnesses") };
}

const isUnknown = ({ direction }: Finding): boolean => direction === "unknown";
const isLoss = ({ direction }: Finding): boolean => direction === "loss";
const isGain = (finding: Finding): boolean => !isUnknown(finding) && !isLoss(finding);
