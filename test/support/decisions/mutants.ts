import type { Verdict } from "../../../domain";
import { type DecisionCase, decisionCases } from "./cases";

/** Requests of the contract; what is none never reaches a rule */
const cases: readonly DecisionCase[] = decisionCases().filter(({ file }) => file !== "contract");

/**
 * A case that is answered otherwise than it must be; undefined where all hold. Those that name the code come first, and then those
 * that stand beside them. An engine that throws has denied, for another reason than any case expects.
 */
export async function caseThatFails(
  code: string,
  decide: (one: DecisionCase) => Promise<Verdict>,
): Promise<DecisionCase | undefined> {
  const names = ({ expected }: DecisionCase): boolean => [...expected.reasons, ...expected.observed].includes(code);
  const files = new Set(cases.filter(names).map(({ file }) => file));
  const place = (one: DecisionCase): number => (names(one) ? 0 : files.has(one.file) ? 1 : 2);
  for (const one of [...cases].sort((a, b) => place(a) - place(b))) {
    if (!(await holds(one, decide))) return one;
  }
  return undefined;
}

async function holds(one: DecisionCase, decide: (one: DecisionCase) => Promise<Verdict>): Promise<boolean> {
  const { reasons, observed } = await decide(one).catch(() => ({ reasons: ["engine.error"], observed: [] }));
  return reasons.join() === one.expected.reasons.join() && observed.join() === one.expected.observed.join();
}
