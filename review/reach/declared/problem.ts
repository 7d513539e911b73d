/** Something in a registry that nobody can judge */
export interface Problem {
  /** Keys that lead there */
  readonly path: readonly string[];
  readonly why: string;
}
