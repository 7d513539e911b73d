import type { ChangeSource } from "../../change";
import type { Combination } from "../../review";

/** A combination as one state has it */
export type Held = Omit<Combination, "isNew">;

/** One part of a combination */
export interface Ability {
  readonly what: string;
  readonly source: ChangeSource;
}
