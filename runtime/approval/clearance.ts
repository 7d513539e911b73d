import { Sensitivity, type SensitivityName } from "../../domain";

/** Whether people who are cleared for so much may see it; what is declared of no group is cleared for nothing. */
export function isCleared(clearance: SensitivityName | undefined, shown: SensitivityName): boolean {
  const [has, needs] = [clearance, shown].map((name) => Sensitivity.all.find((level) => level.name === name));
  return has !== undefined && needs !== undefined && has.covers(needs);
}
