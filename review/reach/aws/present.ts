import type { Estate, Resource } from "../../read/resource";

/** Resources of a type, but for those of which there is none */
export function present(estate: Estate, type: string): readonly Resource[] {
  return estate.of(type).filter(({ values }) => values["count"] !== 0 && values["count"] !== "0");
}
