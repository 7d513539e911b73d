import type { Fold } from "../change";
import type { Finding } from "./finding";
import { countText, listText } from "./text-parts";

/** Findings that a reader may skip, with the reason */
export interface FoldedFindings {
  readonly fold: Fold;
  readonly findings: readonly Finding[];
}

const FOLDS: readonly Fold[] = ["renewed", "declared", "usual"];

export const WHY_FOLDED: Readonly<Record<Fold, string>> = {
  renewed: "from the new expiry",
  declared: "from the data that it declares",
  usual: "that other agents have too",
};

/** Findings to read, and folded ones, each in their order */
export function splitFolds(findings: readonly Finding[]): {
  readonly open: readonly Finding[];
  readonly folded: readonly FoldedFindings[];
} {
  return {
    open: findings.filter(({ showing }) => showing?.fold === undefined),
    folded: FOLDS.map((fold) => ({ fold, findings: findings.filter(({ showing }) => showing?.fold === fold) })).filter(
      (one) => one.findings.length > 0,
    ),
  };
}

/** `11 gains that other agents have too: 5 identity, 4 destination and 2 ttl` */
export function foldText({ fold, findings }: FoldedFindings): string {
  const kinds = new Map<string, number>();
  for (const { kind } of findings) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const parts = [...kinds].map(([kind, count]) => `${count} ${kind}`);
  const isLoss = findings.every(({ direction }) => direction === "loss");
  const what = isLoss ? countText(findings.length, "loss", "losses") : countText(findings.length, "gain", "gains");
  return `${what} ${WHY_FOLDED[fold]}: ${listText(parts)}`;
}
