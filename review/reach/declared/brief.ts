const LONGEST = 200;

/** A text that the author of a registry chose, at a length that a table bears */
export function brief(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}
