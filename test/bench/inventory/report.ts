import { median } from "../comparison";
import { markdown } from "../report";
import type { InventoryResult, InventorySize } from "./bench";

/** Times the parsing of all JSON of its folder, which reading and listing a fleet may take */
export const LIMIT = 2;

const STEPS = ["read", "list", "json", "csv", "markdown", "page", "cyclonedx"] as const;

export function isAccepted({ sizes }: InventoryResult): boolean {
  return sizes.every((size) => median(ratiosOf(size)) < LIMIT);
}

/** Times the parsing that reading and listing took, a value for each round */
export function ratiosOf({ parse, inventory }: InventorySize): readonly number[] {
  return inventory.map(
    ({ steps }, round) =>
      ((steps["read"]?.cpu ?? NaN) + (steps["list"]?.cpu ?? NaN)) / (parse[round]?.steps["parse"]?.cpu ?? NaN),
  );
}

export function inventoryRows({ sizes }: InventoryResult): readonly (readonly string[])[] {
  const rows = sizes.map((size) => {
    const ratios = ratiosOf(size);
    const ratio = median(ratios);
    return [
      `${size.agents.toLocaleString("en")} agents`,
      milliseconds(size.parse.map(({ steps }) => steps["parse"]?.cpu ?? NaN)),
      ...STEPS.map((step) => milliseconds(size.inventory.map(({ steps }) => steps[step]?.cpu ?? NaN))),
      `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      ratio < LIMIT ? "met" : "missed",
    ];
  });
  return [["", "parse", ...STEPS, "read and list / parse", `below ${LIMIT}`], ...rows];
}

export function inventoryText(result: InventoryResult): string {
  return `${result.machine}, processor time:\n\n${markdown(inventoryRows(result))}`;
}

function milliseconds(values: readonly number[]): string {
  return `${Math.round(median(values)).toLocaleString("en")} ms`;
}
