import type { AcknowledgedFinding, RequiredApproval, PrincipalReview } from "../review";
import type { Finding } from "./finding";
import { countText, listText } from "./text-parts";
import { isNewCombination } from "./verdict";

/** Everything that a report could show */
export interface Contents {
  readonly approvals: readonly RequiredApproval[];
  readonly findings: readonly Finding[];
  /** Principals with a changed risk or horizon */
  readonly changed: readonly PrincipalReview[];
  readonly acknowledged: readonly AcknowledgedFinding[];
}

/** The parts that fit into a report */
export interface FittedContents {
  readonly shown: ReadonlySet<Contents[keyof Contents][number]>;
  readonly witnesses: ReadonlySet<Finding>;
  /** Numbers of the parts that do not fit; empty if all fit */
  readonly leftOut: string;
}

/** Shortest possible row: parts beyond what fits in any case are not tried. */
const SHORTEST_ROW = 20;

/**
 * The longest report within the limit, with the most important parts: approvals, dangerous combinations,
 * unknowns, gains, and so on; acknowledged findings are dropped first.
 */
export function fitReport(contents: Contents, limit: number, render: (kept: FittedContents) => string): string {
  const parts = partsOf(contents);
  const all = parts.reduce((sum, { items }) => sum + items.length, 0);
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

type Words = readonly [one: string, many: string];

type Part = { readonly words: Words } & (
  | { readonly as: "shown"; readonly items: readonly Contents[keyof Contents][number][] }
  | { readonly as: "witnesses"; readonly items: readonly Finding[] }
);

/** The most important first */
function partsOf({ approvals, findings, changed, acknowledged }: Contents): readonly Part[] {
  const of = (...directions: readonly Finding["direction"][]) =>
    findings.filter((finding) => directions.includes(finding.direction) && !isNewCombination(finding));
  const shown = (items: Part["items"], ...words: Words): Part => ({ as: "shown", items, words });
  const gains = of("gain");
  const undeclared = of("undeclared");
  return [
    shown(approvals, "approval", "approvals"),
    shown(findings.filter(isNewCombination), "new combination", "new combinations"),
    shown(of("unknown"), "unknown", "unknown"),
    shown(gains, "gain", "gains"),
    shown(changed, "risk or horizon", "risks and horizons"),
    shown(undeclared, "undeclared", "undeclared"),
    { as: "witnesses", items: [...gains, ...undeclared], words: ["witness", "witnesses"] },
    shown(of("standing"), "combination as before", "combinations as before"),
    shown(of("ungranted"), "not granted", "not granted"),
    shown(of("loss"), "loss", "losses"),
    shown(acknowledged, "acknowledged", "acknowledged"),
  ];
}

function first(parts: readonly Part[], count: number): FittedContents {
  const kept = { shown: new Set<Contents[keyof Contents][number]>(), witnesses: new Set<Finding>() };
  const left: string[] = [];
  let room = count;
  for (const part of parts) {
    const { items, words } = part;
    if (part.as === "shown") part.items.slice(0, room).forEach((item) => kept.shown.add(item));
    else part.items.slice(0, room).forEach((item) => kept.witnesses.add(item));
    const out = Math.max(0, items.length - room);
    room -= items.length - out;
    if (out > 0) left.unshift(`${out} of ${countText(items.length, ...words)}`);
  }
  return { ...kept, leftOut: listText(left) };
}
