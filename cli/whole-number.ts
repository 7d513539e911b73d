import { UsageError } from "./program";

export interface WholeNumbers {
  /** @default 0 */
  readonly least?: number;
  /** @default Number.MAX_SAFE_INTEGER */
  readonly most?: number;
}

/**
 * The number that an option was given: decimal digits, without a sign.
 *
 * @throws UsageError
 */
export function wholeNumber(option: string, text: string, { least = 0, most }: WholeNumbers = {}): number {
  const value = Number(text);
  const isBetween = value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER);
  if (/^\d+$/.test(text) && isBetween) return value;
  const range = most === undefined ? `from ${least} on` : `from ${least} to ${most}`;
  throw new UsageError(`${option} must be a whole number ${range}, got ${JSON.stringify(text)}`);
}

/** {@link wholeNumber} as commander's `argParser` takes it */
export function wholeNumberOf(option: string, range?: WholeNumbers): (text: string) => number {
  return (text) => wholeNumber(option, text, range);
}
