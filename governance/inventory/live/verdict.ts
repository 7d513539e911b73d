import type { DeclaredData } from "./declared";

/** What told that an access is unused */
export type Teller = "access advisor" | "CloudTrail";

/** Whether one access of a task to a dataset is used */
export type Verdict =
  | { readonly is: "used" }
  | { readonly is: "unused"; readonly by: Teller; readonly because: string }
  | { readonly is: "unknown"; readonly because: string };

/** Attempts before it (seconds since 1970) do not count as use */
export interface Window {
  readonly from: number;
  readonly days: number;
}

/** One access of a task to a dataset, with the actions on the data that it grants, at least one */
export interface Access {
  readonly data: DeclaredData;
  readonly actions: readonly string[];
}

export function unknown(because: string): Verdict & { readonly is: "unknown" } {
  return { is: "unknown", because };
}
