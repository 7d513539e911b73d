import fc from "fast-check";
import { type Paint, terminalReport } from "../../../review/report/review-text";
import { anyReview, HOSTILE, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";
import { expectedReport } from "./expected";
import { unseenLines } from "./unseen";
import "../../support/depth";

const same = (text: string): string => text;
const PLAIN: Paint = { bold: same, dim: same, red: same, green: same, yellow: same };
const NAMED: Paint = {
  bold: (text) => `bold(${text})`,
  dim: (text) => `dim(${text})`,
  red: (text) => `red(${text})`,
  green: (text) => `green(${text})`,
  yellow: (text) => `yellow(${text})`,
};

const plainly = (review: Parameters<typeof terminalReport>[0], columns = 100): string =>
  terminalReport(review, { columns, paint: PLAIN });

test("the whole example", () => {
  expect(plainly(EXAMPLE)).toBe(expectedReport("terminal.txt"));
});

test("a review without changes is one sentence", () => {
  expect(plainly(NOTHING)).toBe("No access changes.\n");
});

test("what is new is red, what is unknown, stands or is refused yellow, a loss green", () => {
  const lines = terminalReport(EXAMPLE, { columns: 200, paint: NAMED }).split("\n");
  const coloured = (mark: string) => new Set(lines.flatMap((line) => line.match(`^(\\w+)\\(  [${mark}] `)?.[1] ?? []));
  expect(["!", "+", "?", "=", "~", "-"].map((mark) => coloured(mark))).toEqual(
    ["red", "red", "yellow", "yellow", "yellow", "green"].map((colour) => new Set([colour])),
  );
});

test("no line is longer than the terminal, but for a word that is", () => {
  const lines = plainly(EXAMPLE, 60).split("\n");
  expect(lines.filter((line) => line.length > 60 && line.trim().includes(" "))).toEqual([]);
});

test.each(HOSTILE)("%j is shown, and moves or hides nothing", (text) => {
  const source = { address: text, file: text };
  const change = { kind: "action", what: text, witness: text, source } as const;
  const risk = { before: { score: 1, tier: text, reasons: [text] } };
  const combination = { code: text, what: text, parts: [{ what: text, source }], isNew: true };
  const horizon = { after: { seconds: 60, path: text, because: text } };
  const agent = { ...AGENT, id: text, gains: [change], risk, horizon, combinations: [combination] };
  const report = plainly({
    ...NOTHING,
    agents: [agent],
    undeclared: [change],
    ungranted: [change],
    unknown: [{ what: text, why: text, source }],
    approvals: [{ rule: text, approvers: [text, text], count: 2, reasons: [text] }],
    acknowledged: [{ principal: text, kind: text, what: text, until: text, because: text }],
  });
  expect(unseenLines(report)).toEqual([]);
});

test("nothing in any review moves, turns or hides other text", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      expect(unseenLines(plainly(review))).toEqual([]);
    }),
  );
});

test("for any review, every finding has its own mark", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const marks = plainly(review, 10_000).match(/^ {2}[!+?=~-] /gm) ?? [];
      const count = review.agents.reduce(
        (sum, { gains, losses, unknown, combinations }) =>
          sum + gains.length + losses.length + unknown.length + combinations.length,
        review.undeclared.length + review.ungranted.length + review.unknown.length,
      );
      expect(marks).toHaveLength(count);
    }),
  );
});

test("the order of the review does not matter", () => {
  fc.assert(fc.property(twoOrders, ([one, other]) => expect(plainly(other)).toBe(plainly(one))));
});
