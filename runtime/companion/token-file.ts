import { readFileSync } from "node:fs";

const SHORTEST_TOKEN = 16;
const LONGEST_TOKEN = 4_096;

/**
 * What every request must show, as a file has it
 *
 * @throws Error
 */
export function tokenIn(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new Error(`AMBIT_COMPANION_TOKEN_FILE must be a file that can be read: ${(error as Error).message}`);
  }
  const sound = text.length >= SHORTEST_TOKEN && text.length <= LONGEST_TOKEN && /^[\x21-\x7e]+$/.test(text);
  if (!sound) {
    const must = `must have one word of ${SHORTEST_TOKEN} to ${LONGEST_TOKEN} visible ASCII characters`;
    throw new Error(`AMBIT_COMPANION_TOKEN_FILE ${must}, got ${text.length} in ${path}`);
  }
  return text;
}
