import { byText } from "../../domain/by-text";
import type { PrincipalReview, Review } from "../review";
import { factsOf } from "./principal-facts";
import type { Finding } from "./finding";
import { inGroup } from "./importance";

/** Findings under one title: of a principal, or of one sort */
export type Group = { readonly findings: readonly Finding[] } & (
  { readonly about: "principal"; readonly principal: PrincipalReview } | { readonly about: Sort }
);

export type Sort = "general" | "undeclared" | "ungranted";

const TITLES = {
  general: "no single principal",
  undeclared: "undeclared: no declaration explains this access",
  ungranted: "declared, but not granted: it will be refused",
} as const;

/** The group with the most important finding first; principals with only a changed risk or horizon last */
export function groupsOf(review: Review, findings: readonly Finding[]): readonly Group[] {
  const groups = new Map<PrincipalReview | Sort, Finding[]>();
  for (const finding of findings) {
    const key = finding.principal ?? sortOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const others = review.agents
    .filter((principal) => !groups.has(principal) && factsOf(principal, String).length > 0)
    .sort(({ id: one }, { id: other }) => byText(one, other));
  for (const principal of others) groups.set(principal, []);
  return [...groups].map(([key, some]) =>
    typeof key === "string"
      ? { about: key, findings: some }
      : { about: "principal", principal: key, findings: inGroup(some) },
  );
}

/** Title of a group without a single principal */
export function titleOf(about: Sort): string {
  return TITLES[about];
}

function sortOf({ direction }: Finding): Sort {
  return direction === "undeclared" || direction === "ungranted" ? direction : "general";
}
