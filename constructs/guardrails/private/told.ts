import { oncePer } from "./once-per";
import { documentsIn } from "./documents";

/** A text that may be of a family; its object is the same for each family that asks. */
interface Candidate {
  readonly text: string;
  readonly at: string;
}

/** What writes a name otherwise: an escape of JSON or YAML, or an alias of YAML as a key. Few texts have either, and only those are read. */
const MAY_HIDE = /\\|\*[^\s,[\]{}]+(?:\s|#[^\n]*\n)*:|\?\s+\*/;

/** Whether a text has a name that tells its family, also where it is written with escapes or by an alias, as the program reads it */
export function isTold(tells: RegExp, candidate: Candidate): boolean {
  return tells.test(candidate.text) || (MAY_HIDE.test(candidate.text) && tells.test(plainOf(candidate)));
}

/** The text without escapes, and what it holds as JSON where it can be read */
const plainOf = oncePer((candidate: Candidate): string => `${unescaped(candidate.text)}\n${readAsJson(candidate)}`);

function unescaped(text: string): string {
  return text
    .replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|U([0-9a-f]{8}))/gi, (written, u?: string, x?: string, U?: string) => {
      const code = Number.parseInt(u ?? x ?? U ?? "", 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : written;
    })
    .replace(/\\(?:\r?\n[ \t]*|(?=\/))/g, "");
}

function readAsJson({ text, at }: Candidate): string {
  try {
    return JSON.stringify(documentsIn(text, at));
  } catch {
    return "";
  }
}
