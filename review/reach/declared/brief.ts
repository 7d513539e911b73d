import { unseenReplaced } from "../../../domain";

const LONGEST = 200;

/** A text that the author of a registry chose, at a length that a table bears, with nothing in it that a reader would not see */
export function brief(text: string): string {
  const seen = unseenReplaced(text.slice(0, LONGEST), () => "\ufffd");
  return text.length <= LONGEST ? seen : `${seen}… (${text.length} characters)`;
}
