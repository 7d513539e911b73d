import type { Change, ChangesByPrincipal } from "../../../review/change";

/** Each change as one line, by principal */
export type Lines = Readonly<Record<string, readonly string[]>>;

export function linesOf(changes: ChangesByPrincipal, which: "gains" | "losses"): Lines {
  return nonEmpty([...changes].map(([name, of]) => [name, of[which].map(lineOf)]));
}

export function unknownLines(changes: ChangesByPrincipal): Lines {
  return nonEmpty([...changes].map(([name, { unknown }]) => [name, unknown.map(({ what, why }) => `${what}: ${why}`)]));
}

/** The gains that the other direction must report where these are the losses */
export function mirrored(losses: Lines): Lines {
  return nonEmpty(
    Object.entries(losses).map(([name, lines]) => [name, lines.map((line) => line.replace(", now ", ", was "))]),
  );
}

function lineOf({ kind, what, witness }: Change): string {
  return `${kind}: ${what} [${witness}]`;
}

function nonEmpty(entries: readonly (readonly [string, readonly string[]])[]): Lines {
  return Object.fromEntries(entries.filter(([, lines]) => lines.length > 0));
}
