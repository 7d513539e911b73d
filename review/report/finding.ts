import type { ChangeKind, ChangeSource, Showing } from "../change";
import type { Combination, PrincipalReview } from "../review";

/** One line of a report */
export interface Finding {
  /** `standing`: already true in base, so not a gain */
  readonly direction: "gain" | "unknown" | "undeclared" | "standing" | "ungranted" | "loss";
  /** Who gains or loses; undefined where it belongs to no single principal */
  readonly principal?: PrincipalReview;
  readonly kind: ChangeKind | "unknown" | "combination";
  readonly what: string;
  /** The witness; of an unknown, why it could not be decided; of a combination, all its abilities */
  readonly because: string;
  readonly source: ChangeSource;
  /** Of a combination: each ability, and where it comes from */
  readonly parts?: Combination["parts"];
  readonly showing?: Showing;
}
