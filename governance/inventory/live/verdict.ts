import type { DeclaredData } from "./declared";

/** What told that an access is used, or unused */
export type Teller = "access advisor" | "CloudTrail" | "trail";

/** A use within the days */
export interface Used {
  readonly is: "used";
  readonly by: Teller;
  /** Last known one (seconds since 1970) */
  readonly last: number;
  readonly because: string;
}

/** Whether one access of a task to a dataset is used */
export type Verdict =
  | Used
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
  /** Data that sessions of the same role may write objects to, as copies of this too */
  readonly copiedTo: readonly DeclaredData[];
}

export function unknown(because: string): Verdict & { readonly is: "unknown" } {
  return { is: "unknown", because };
}
