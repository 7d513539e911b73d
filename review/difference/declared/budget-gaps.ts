import { callsOf } from "../../../domain/registry/entries";
import { brief, type RegistryBudget, type RegistryTask } from "../../reach/declared/registry";
import type { Work } from "../../reach/declared/work";
import { budgetText } from "./bounds-text";
import type { Gap } from "./gap";
import { labelOf } from "../../reach/declared/side";

/** Periods whose budget also covers this one: a run is within one session, an hour within one UTC day. A run may span two days. */
const HOLDS_FOR: Readonly<Record<RegistryBudget["period"], readonly RegistryBudget["period"][]>> = {
  run: ["run", "session"],
  session: ["session"],
  hour: ["hour", "day"],
  day: ["day"],
};

/** Budgets without an equal or stricter one in the wider registry, for the same calls */
export function budgetGaps(narrow: Work, wide: Work, calls: readonly string[]): readonly Gap[] {
  const others = wide.task.budgets.map((budget) => ({ budget, calls: new Set(countedBy(budget, wide.task)) }));
  const common = new Set(calls);
  const dropped = allDropped(narrow, wide, common);
  if (dropped.length > 1) return [withoutBudgets(dropped, wide)];
  return narrow.task.budgets.flatMap((budget) => {
    const counted = countedBy(budget, narrow.task).filter((call) => common.has(call));
    if (counted.length === 0) return [];
    const alike = others
      .filter((other) => countSameThing(other.budget, budget) && counted.every((call) => other.calls.has(call)))
      .map((other) => other.budget);
    const holds = alike.some(({ limit, period }) => limit <= budget.limit && HOLDS_FOR[budget.period].includes(period));
    return holds ? [] : [budgetGap(budget, alike, wide, counted)];
  });
}

/** Every budget dropped, if they covered the same calls and none of any kind is left for those */
function allDropped({ task }: Work, wide: Work, common: ReadonlySet<string>): readonly Dropped[] {
  const found = task.budgets
    .map((budget) => ({
      budget,
      calls: countedBy(budget, task)
        .filter((call) => common.has(call))
        .sort(),
    }))
    .filter(({ calls }) => calls.length > 0);
  const [first] = found;
  const isOne = found.every(({ calls }) => calls.join() === first?.calls.join());
  const left = new Set(wide.task.budgets.flatMap((budget) => countedBy(budget, wide.task)));
  return isOne && first?.calls.every((call) => !left.has(call)) === true ? found : [];
}

interface Dropped {
  readonly budget: RegistryBudget;
  readonly calls: readonly string[];
}

function withoutBudgets(dropped: readonly Dropped[], wide: Work): Gap {
  const [{ budget, calls }] = dropped as readonly [Dropped];
  const label = labelOf(wide);
  return {
    kind: "enforcement",
    what: `${label} may call ${brief(calls.join(", "))} without a limit`,
    otherwise: `at most ${dropped.map((one) => budgetText(one.budget)).join(" and ")}`,
    witness: witnessOf(budget, calls, label),
    at: `${wide.at}.budgets`,
  };
}

function countSameThing(one: RegistryBudget, other: RegistryBudget): boolean {
  return one.sumOf === other.sumOf && one.counts === other.counts;
}

function witnessOf(budget: RegistryBudget, calls: readonly string[], label: string): string {
  const { limit, period, sumOf, counts } = budget;
  const beyond = counts === undefined ? `call ${limit + 1}` : `${limit + 1} ${counts}`;
  return `${sumOf === undefined ? beyond : `a sum above ${limit}`} of ${brief([...calls].sort().join(", "))} in one ${period} of ${label}`;
}

function countedBy({ actions }: RegistryBudget, task: RegistryTask): readonly string[] {
  return actions ?? callsOf(task);
}

function budgetGap(
  budget: RegistryBudget,
  alike: readonly RegistryBudget[],
  wide: Work,
  counted: readonly string[],
): Gap {
  const { period, sumOf, counts } = budget;
  const [label, calls] = [labelOf(wide), brief([...counted].sort().join(", "))];
  const instead = alike.find((other) => other.period === period);
  const together = counted.length > 1 ? " together" : "";
  const dropped = `${label} may call ${calls}${together} without a limit${sumOf === undefined ? (counts === undefined ? "" : ` of ${counts}`) : ` in ${brief(sumOf)}`} per ${period}`;
  return {
    kind: "enforcement",
    what: instead === undefined ? dropped : `${label} has a budget of ${budgetText(instead)} for ${calls}`,
    otherwise: budgetText(budget),
    witness: witnessOf(budget, counted, label),
    at: `${wide.at}.budgets`,
  };
}
