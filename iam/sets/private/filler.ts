import type { Letter } from "./letters";

/** Letters that read well where any will do, the best first. */
const FILLERS = Array.from("xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW", (letter) =>
  letter.charCodeAt(0),
);
const FIRST_PRINTABLE = 0x21;

/** Stands for a wildcard. */
export const FILLER = FILLERS[0] as Letter;

/** The first letter that fits, printable ASCII if possible. */
export function fillerThat(fits: (letter: Letter) => boolean): Letter {
  const filler = FILLERS.find(fits);
  if (filler !== undefined) return filler;
  let letter = FIRST_PRINTABLE;
  while (!fits(letter)) letter++;
  return letter;
}
