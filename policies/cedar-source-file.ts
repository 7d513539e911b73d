/** A policy as it stands in a file */
export interface CedarPiece {
  readonly text: string;
  /** Line of its first character, from 1 */
  readonly line: number;
}

const COMMENT = "//";
const TOKEN = /\/\/[^\n]*|"(?:[^"\\]|\\.)*"|\S/g;

/** The policies of a file in their order. Whether each is Cedar is for Cedar to say. */
export function cedarPieces(source: string): readonly CedarPiece[] {
  const pieces: CedarPiece[] = [];
  let start: number | undefined;
  const take = (end: number): void => {
    if (start === undefined) return;
    pieces.push({ text: source.slice(start, end).trimEnd(), line: lineAt(source, start) });
    start = undefined;
  };
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    if (token.startsWith(COMMENT)) continue;
    start ??= index;
    if (token === ";") take(index + 1);
  }
  take(source.length);
  return pieces;
}

/** Line within a piece at which Cedar, which counts bytes, found something */
export function lineOfByte({ text, line }: CedarPiece, byte: number): number {
  return line + lineAt(Buffer.from(text).subarray(0, byte).toString(), Infinity) - 1;
}

function lineAt(text: string, end: number): number {
  return text.slice(0, end).split("\n").length;
}
