import fc from "fast-check";
import type { Change } from "../../../review/change";
import { MARKDOWN_TAG, markdownReport } from "../../../review/report/markdown";
import { brief, placeOf } from "../../../review/report/text-parts";
import type { Review } from "../../../review/review";
import { renderedMarkdown } from "../../support/rendered-markdown";
import { anyReview, HOSTILE, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";
import { expectedReport } from "./expected";
import "../../support/depth";

const LIMIT = 65_000;
const KINDS = [
  "code_inline",
  "heading_close",
  "heading_open",
  "html_block",
  "inline",
  "paragraph_close",
  "paragraph_open",
  "softbreak",
  "strong_close",
  "strong_open",
  "table_close",
  "table_open",
  "tbody_close",
  "tbody_open",
  "td_close",
  "td_open",
  "text",
  "th_close",
  "th_open",
  "thead_close",
  "thead_open",
  "tr_close",
  "tr_open",
];
const OWN_HTML =
  /^(?:<!-- ambit review -->|<details><summary>(?:Loses|Acknowledged by the rules: \d+)<\/summary>|<\/details>)$/;
/** Letters, digits and marks of our own sentences: nothing that a place of comments turns into something */
const OWN_WORDS = /^[A-Za-z0-9 ,.:;()·→+−\n]*$/;

const change = (text: string): Change => ({
  kind: "action",
  what: text,
  witness: text,
  source: { address: text },
});

/** A review in which every text is the same */
function everywhere(text: string): Review {
  const unknown = { what: text, why: text, source: { address: text } };
  const risk = { before: { score: 1, tier: text, reasons: [] }, after: { score: 2, tier: text, reasons: [text] } };
  const horizon = { after: { seconds: 60, path: text, because: text } };
  const combination = { code: text, what: text, parts: [{ what: text, source: { address: text } }], isNew: true };
  const approval = { rule: text, approvers: [text, text], count: 1, reasons: [text] };
  const known = { principal: text, kind: text, what: text, until: text, because: text };
  const agent = {
    ...AGENT,
    id: text,
    gains: [change(text)],
    losses: [change(text)],
    unknown: [unknown],
    risk,
    horizon,
    combinations: [combination],
  };
  return {
    agents: [agent],
    undeclared: [change(text)],
    ungranted: [change(text)],
    unknown: [unknown],
    requiresApproval: true,
    approvals: [approval],
    acknowledged: [known],
  };
}

test("the whole example", () => {
  expect(markdownReport(EXAMPLE)).toBe(expectedReport("markdown.txt"));
});

test("a review without changes is a tag and one sentence", () => {
  expect(markdownReport(NOTHING)).toBe("<!-- ambit review -->\n**No access changes.**\n");
});

test("the whole report is linked where it is known to be", () => {
  const report = markdownReport(NOTHING, { link: "https://ci.example/run/1?a=b&c=<d>" });
  expect(report).toContain("[The whole report](<https://ci.example/run/1?a=b%26c=%3Cd%3E>)");
  expect(renderedMarkdown(report).kinds).toContain("link_open");
});

test.each(["javascript:alert(1)", "http://ci.example", "not a url", ""])("fails when the link is %j", (link) => {
  expect(() => markdownReport(NOTHING, { link })).toThrow(`link must be an https URL, got ${JSON.stringify(link)}`);
});

test.each([0, 9_999, NaN, -1])("fails when the limit is %d", (limit) => {
  expect(() => markdownReport(NOTHING, { limit })).toThrow(`limit must be at least 10000 characters, got ${limit}`);
});

describe("the text of a stranger", () => {
  test.each(HOSTILE)("%j is shown as text and does nothing", (text) => {
    const { kinds, html, words, code, rows } = renderedMarkdown(markdownReport(everywhere(text)));
    expect(kinds.filter((kind) => !KINDS.includes(kind))).toEqual([]);
    expect(html.filter((one) => !OWN_HTML.test(one))).toEqual([]);
    expect(words).toMatch(OWN_WORDS);
    expect(new Set(rows)).toEqual(new Set([4]));
    const texts = [text, `${text}: ${text}`].map(brief);
    const shown = texts.flatMap((one) => [one, one.replaceAll("\\|", "\\\\u{7c}")]).map((one) => one.trim());
    expect(code.filter((one) => !shown.includes(one.trim()))).toEqual([]);
    if (text.trim() !== "") expect(code.length).toBeGreaterThanOrEqual(20);
  });

  test.each([
    ["", "(empty)"],
    ["   ", "(blank)"],
    ["a|b", "`a\\|b`"],
    ["a\\|b", "`a\\\\u{7c}b`"],
    ["`", "`` ` ``"],
    ["a``b", "```a``b```"],
    [" a ", "`  a  `"],
    ["a\nb", "`a\\u{a}b`"],
  ])("%j is written %j", (text, written) => {
    expect(markdownReport({ ...NOTHING, undeclared: [change(text)] })).toContain(`| undeclared action | ${written} |`);
  });

  test("renders as code, for any text", () => {
    fc.assert(
      fc.property(anyReview, (review) => {
        const { kinds, html, words, rows } = renderedMarkdown(markdownReport(review));
        expect(kinds.filter((kind) => !KINDS.includes(kind))).toEqual([]);
        expect(html.filter((one) => !OWN_HTML.test(one))).toEqual([]);
        expect(words).toMatch(OWN_WORDS);
        expect(rows.filter((cells) => cells !== 4)).toEqual([]);
      }),
    );
  });

  test("is cut in its middle where it is long, and the cut is counted", () => {
    const report = markdownReport({ ...NOTHING, undeclared: [change(`${"a".repeat(500)}end`)] });
    expect(report).toContain(`${"a".repeat(200)} … 243 characters … ${"a".repeat(57)}end`);
  });
});

describe("a report that is too long", () => {
  const some = (count: number, name: string): readonly Change[] =>
    [...Array(count).keys()].map((index) => change(`${name} ${index}`));
  const unknown = (count: number) =>
    [...Array(count).keys()].map((index) => ({ what: `open ${index}`, why: "so", source: { address: "x" } }));

  function sized(gains: number, losses: number, open: number): Review {
    const agent = { ...AGENT, id: "a", gains: some(gains, "gain"), losses: some(losses, "loss") };
    return { ...NOTHING, agents: [{ ...agent, unknown: unknown(open) }], requiresApproval: true };
  }

  const rows = (report: string, label: string): number => report.split(`\n| ${label}`).length - 1;
  const note = (report: string): string | undefined => /Left out.*: (.*)\.\n/.exec(report)?.[1];

  test("says nothing of a cut where none was made", () => {
    expect(note(markdownReport(sized(10, 10, 10)))).toBeUndefined();
  });

  test("loses losses first", () => {
    const report = markdownReport(sized(100, 2_000, 100));
    expect([rows(report, "gains"), rows(report, "**unknown**")]).toEqual([100, 100]);
    const left = 2_000 - rows(report, "loses");
    expect(left).toBeGreaterThan(0);
    expect(note(report)).toBe(`${left} of 2000 losses`);
  });

  test("then the witnesses of the least important gains", () => {
    const report = markdownReport(sized(1_300, 5, 50));
    expect([rows(report, "gains"), rows(report, "**unknown**"), rows(report, "loses")]).toEqual([1_300, 50, 0]);
    const left = report.split("` |  | `").length - 1;
    expect(left).toBeGreaterThan(0);
    expect(note(report)).toBe(`5 of 5 losses and ${left} of 1300 witnesses`);
  });

  test("then the least important gains, and no unknown", () => {
    const report = markdownReport(sized(3_000, 0, 500));
    expect(rows(report, "**unknown**")).toBe(500);
    const left = 3_000 - rows(report, "gains");
    expect(left).toBeGreaterThan(0);
    expect(note(report)).toBe(`3000 of 3000 witnesses and ${left} of 3000 gains`);
  });

  test("and counts even the unknown that has no room at all", () => {
    const report = markdownReport(sized(1, 0, 5_000));
    const left = 5_000 - rows(report, "**unknown**");
    expect(note(report)).toBe(`1 of 1 witness, 1 of 1 gain and ${left} of 5000 unknown`);
    expect(report).toContain("in all 1 gain and 5000 unknown of 1 principal");
  });

  const known = (index: number) => ({ kind: "tool", what: `known ${index}`, until: "2027-01-31", because: "so" });
  const ruled = { rule: "a", approvers: ["@a"], count: 1, reasons: ["all"] };

  test("loses what is acknowledged before all else, and no approval", () => {
    const acknowledged = [...Array(2_000).keys()].map(known);
    const report = markdownReport({ ...sized(100, 100, 100), approvals: [ruled], acknowledged });
    const left = 2_000 - rows(report, "`tool`");
    expect(left).toBeGreaterThan(0);
    expect(note(report)).toBe(`${left} of 2000 acknowledged`);
    expect(report).toContain("Approval needed from `@a`: ");
  });

  test("keeps approvals and new combinations where nothing else has room", () => {
    const combinations = [{ code: "exfiltration", what: "all", parts: [], isNew: true }];
    const [agent] = sized(0, 0, 5_000).agents;
    const agents = [{ ...AGENT, ...agent, combinations }];
    const report = markdownReport({
      ...NOTHING,
      agents,
      approvals: [ruled],
      acknowledged: [known(0)],
      requiresApproval: true,
    });
    expect([rows(report, "`a`"), rows(report, "**new combination**")]).toEqual([1, 1]);
    expect(note(report)).toMatch(/^1 of 1 acknowledged and \d+ of 5000 unknown$/);
  });

  test("uses what room there is", () => {
    for (const review of [sized(100, 2_000, 100), sized(1_300, 5, 50), sized(3_000, 0, 500), sized(1, 0, 5_000)]) {
      const { length } = markdownReport(review);
      expect(length).toBeGreaterThan(LIMIT - 500);
      expect(length).toBeLessThanOrEqual(LIMIT);
    }
  });

  test("is within its limit, for any review", () => {
    fc.assert(
      fc.property(anyReview, fc.integer({ min: 10_000, max: 30_000 }), (review, limit) => {
        const report = markdownReport(review, { limit, link: "https://ci.example/run/1" });
        expect(report.length).toBeLessThanOrEqual(limit);
        expect(report.startsWith(`${MARKDOWN_TAG}\n**`)).toBe(true);
      }),
    );
  });
});

test("the order of the review does not matter", () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      expect(markdownReport(other)).toBe(markdownReport(one));
      expect(markdownReport(other, { limit: 10_000 })).toBe(markdownReport(one, { limit: 10_000 }));
    }),
  );
});

test("what stands where is the line of a declaration, or else a file or an address", () => {
  expect(placeOf({ address: "a", file: "f.ts", line: 3 })).toBe("f.ts:3");
  expect(placeOf({ address: "a", file: "f.ts" })).toBe("f.ts a");
  expect(placeOf({ address: "a" })).toBe("a");
});
