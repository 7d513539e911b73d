import type { KeyTest } from "../../conditions/key-test";
import type { Glob } from "../../sets/glob";
import type { Reading } from "./reading";

/**
 * One thing that a statement asks of one dimension of a request: its action, its principal, one condition key.
 *
 * Written in full, in this order, wherever one is made: what is looked at so often is quicker to read if all are alike.
 */
export interface Part {
  /** `action`, `resource`, `principal`, or `key` with the name of a condition key */
  readonly dimension: string;
  /** Equal for equal parts */
  readonly text: string;
  /** It holds where its readings do not match. */
  readonly isNegated: boolean;
  /** Each unknown `${…}` counts as a name of its own; undefined: nothing is known about the part. */
  readonly reading: Reading | undefined;
  /** Each `${…}` taken for any text; undefined if the other reading is all there is. */
  readonly widest: Reading | undefined;
  /** What is compared, in words; parts with equal names match the same. */
  readonly name: string;
  /** For `${…}`: parts of one family match more the more globs they have. */
  readonly family: string;
  readonly globs: readonly Glob[];
  /** Of a condition key */
  readonly test: KeyTest | undefined;
}
