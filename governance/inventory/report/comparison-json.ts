import { jsonFile } from "../../../review/report/review-json";
import type { Comparison } from "../live/comparison";

const VERSION = "ambit.inventory.live/1";

/** For programs: `{ version, at, unusedDays, notAsked, undeclared, orphans, otherPlatforms, missing, narrowings, used, unknown }` */
export function comparisonJson(comparison: Comparison): string {
  return jsonFile({ version: VERSION, ...comparison });
}
