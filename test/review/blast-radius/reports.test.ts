import { Sensitivity } from "../../../domain";
import { htmlRadius } from "../../../review/blast-radius/report/radius-page";
import { jsonRadius } from "../../../review/blast-radius/report/radius-json";
import { REACHED_KINDS, type BlastRadius } from "../../../review/blast-radius/blast-radius";
import { terminalRadius } from "../../../review/blast-radius/report/radius-text";
import { HOSTILE } from "../report/arbitrary-review";
import { unseenLines } from "../report/unseen";

const plain = (text: string): string => text;
const PAINT = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain };
const DATA = /<script type="application\/json" id="data">[^]*?<\/script>/;

/** A radius in which every text is the same */
function everywhere(text: string): BlastRadius {
  const source = { address: text, file: text };
  const route = [{ how: "identity", to: text, what: text }] as const;
  return {
    of: { name: text, kind: "agent", state: "active", calledBy: [{ start: "delegation", from: [text] }] },
    identities: [
      { name: text, kind: "agent", how: "itself", hop: 0, route: [] },
      { name: text, kind: "agent", how: "becomes it", hop: 1, route },
    ],
    reached: REACHED_KINDS.map((kind) => ({
      kind,
      target: text,
      does: text,
      by: text,
      as: text,
      hop: 1,
      route,
      gate: "none",
      bounds: [text],
      example: text,
      sensitivity: Sensitivity.RESTRICTED,
      isHigh: true,
      isOutward: true,
      writes: true,
      lasting: { seconds: undefined, because: text },
      unknown: text,
      source,
    })),
    unknown: [{ what: text, why: text, source }],
  };
}

test.each(HOSTILE)("a name is text wherever it stands: %j", (text) => {
  const radius = everywhere(text);
  expect(htmlRadius(radius).replace(DATA, "")).toBe(htmlRadius(everywhere("a")).replace(DATA, ""));
  for (const report of [terminalRadius(radius, { columns: 100, paint: PAINT }), jsonRadius(radius)]) {
    expect(unseenLines(report)).toEqual([]);
  }
});
