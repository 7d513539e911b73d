/**
 * The whole number from 1 to `most` that a variable of the environment gives; `otherwise` where it is not set.
 *
 * @throws Error where it is another
 */
export function wholeNumber(
  name: string,
  { otherwise, most }: { readonly otherwise: number; readonly most: number },
  given = process.env[name],
): number {
  const number = given === undefined || given === "" ? otherwise : Number(given);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Error(`${name} must be a whole number from 1 to ${most}, got ${given}`);
  return number;
}
