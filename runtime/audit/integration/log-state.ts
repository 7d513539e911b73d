/** Records of one writer in a row, both ends included */
export interface LogPart {
  readonly writer: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What comes into the log next, in this order. All files follow from it and the records, so that who carries it out again after a
 * crash writes the same bytes.
 */
export interface LogPlan {
  /** Size of the log behind it */
  readonly to: number;
  readonly parts: readonly LogPart[];
}

/** What the state store says of the log, in one item */
export interface LogState {
  /** Names the process that integrates; empty if one let go of it */
  readonly holder: string;
  /** Physical store in which it was written: a copy from a backup has another */
  readonly store: string;
  /** Entries that are surely in the log */
  readonly size: number;
  /** Of the tree of that size, in base64 */
  readonly root: string;
  /** Null if the checkpoint has this size */
  readonly plan: LogPlan | null;
  /** Since when it has entries that too few witnesses have cosigned, in whole seconds since the epoch; null if there are none */
  readonly uncosigned?: number | null;
}

/** How many entries these are */
export function entriesOf(parts: readonly LogPart[]): number {
  return parts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
