/** A part of a registry that cannot be judged */
export interface Problem {
  /** Keys that lead there */
  readonly path: readonly string[];
  readonly why: string;
}
