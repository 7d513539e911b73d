import { html as markup } from "hono/html";
import type { Between, Fact, Scene } from "../story";

type Markup = ReturnType<typeof markup>;
type Call = Fact & { readonly between: Between; readonly step: number };

/** Units of the picture's own coordinates */
const [COLUMN, ROW, HEAD] = [88, 30, 44];
const MOST_LETTERS = 56;
/** About half of what a letter of a label takes */
const HALF_LETTER = 2.8;

/**
 * All calls of the story in the order in which they were made: a column for each who calls or is called, and an arrow for
 * each call, whose number is that of its step.
 *
 * @returns undefined where no call was told
 */
export function sequence(scenes: readonly Scene[]): Markup | undefined {
  const calls = scenes.flatMap(({ facts }, index) =>
    facts.flatMap((fact) => (fact.between === undefined ? [] : [{ ...fact, between: fact.between, step: index + 1 }])),
  );
  if (calls.length === 0) return undefined;
  const parties = [...new Set(calls.flatMap(({ between }) => between))];
  const x = (party: string): number => (parties.indexOf(party) + 0.5) * COLUMN;
  const [width, height] = [parties.length * COLUMN, HEAD + (calls.length + 0.5) * ROW];
  return markup`<svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-labelledby="calls-title">
    <title id="calls-title">${calls.length} calls between ${parties.join(", ")}; the steps below say the same in words</title>
    <defs>${(["allowed", "refused", "asked"] as const).map(arrowHead)}</defs>
    ${parties.map(
      (party) =>
        markup`<line class="life" x1="${x(party)}" x2="${x(party)}" y1="${HEAD - 8}" y2="${height}"/>
    <text class="party" x="${x(party)}" y="${HEAD - 16}">${party}</text>`,
    )}
    ${calls.map((call, row) => arrow(call, HEAD + (row + 0.8) * ROW, x))}
  </svg>`;
}

function arrowHead(kind: string): Markup {
  return markup`<marker id="head-${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
    <path class="${kind}" d="M0 0 L10 5 L0 10 z"/></marker>`;
}

function arrow({ kind, text, between: [from, to], step }: Call, y: number, x: (party: string) => number): Markup {
  const look = kind === "refused" || kind === "allowed" ? kind : "asked";
  const [start, end] = [x(from), x(to)];
  // A refusal ends before what it keeps the call from.
  const stop = look === "refused" ? end - Math.sign(end - start) * COLUMN * 0.3 : end;
  const label = text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
  const said = `${step}. ${label}`;
  // Within the picture, at its edges too.
  const middle = Math.max((start + end) / 2, said.length * HALF_LETTER);
  return markup`<a href="#step-${step}"><line class="call ${look}" x1="${start}" x2="${stop}" y1="${y}" y2="${y}" marker-end="url(#head-${look})"/>
    ${look === "refused" ? markup`<text class="stop" x="${stop + Math.sign(end - start) * 9}" y="${y + 5}">✕</text>` : ""}
    <text class="label" x="${middle}" y="${y - 5}">${said}</text></a>`;
}
