import { jsonFile } from "../../../review/report/review-json";
import type { Inventory } from "../inventory";

const VERSION = "ambit.inventory/1";

/** For programs: `{ version, trustDomain, agents, tools, models, datasets, acknowledged }` */
export function inventoryJson(inventory: Inventory): string {
  return jsonFile({ version: VERSION, ...inventory });
}
