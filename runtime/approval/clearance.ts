import { Sensitivity, type SensitivityName } from "../../domain";

/**
 * Whether people with this clearance may see data of that sensitivity; a group without a declared clearance may see
 * none.
 */
export function isCleared(clearance: SensitivityName | undefined, shown: SensitivityName): boolean {
  const [has, needs] = [clearance, shown].map((name) => Sensitivity.all.find((level) => level.name === name));
  return has !== undefined && needs !== undefined && has.covers(needs);
}
