import { markdown } from "../report";
import { circumstances, ratioOf, type TwoWorldsResult, twoWorldsRows } from "../two-worlds/result";

/** What the project promises: with records and their log over without, the same store beneath */
export const LIMIT = 1.15;

export function auditCostRows(result: TwoWorldsResult): readonly (readonly string[])[] {
  return twoWorldsRows(result, { off: "without records", on: "with records and log" }, LIMIT);
}

export function auditCostText(result: TwoWorldsResult): string {
  return `${circumstances(result)}:\n\n${markdown(auditCostRows(result))}`;
}

export function isAccepted({ token, call }: TwoWorldsResult): boolean {
  return [token, call].every((spent) => ratioOf(spent).median <= LIMIT);
}
