import fc from "fast-check";
import { createHash } from "node:crypto";
import { htmlReport } from "../../../review/report/review-page";
import type { Review } from "../../../review/review";
import { anyReview, HOSTILE, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";
import { unseenLines } from "./unseen";
import "../../support/depth";

interface Page {
  readonly verdict: string;
  readonly groups: readonly {
    readonly id: string | null;
    readonly title: string;
    readonly facts: readonly string[];
    readonly tally: string;
    readonly findings: readonly { readonly what: string; readonly where: string }[];
  }[];
  readonly nodes: readonly { readonly kind: string; readonly name: string }[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly gained: readonly string[] }[];
}

const DATA = /<script type="application\/json" id="data">([^]*?)<\/script>/;

const dataOf = (html: string): Page => JSON.parse(DATA.exec(html)?.[1] as string) as Page;
/** All but the data: it is the same for every review. */
const shellOf = (html: string): string => html.replace(DATA, "");
const inner = (html: string, name: string): string =>
  new RegExp(`<${name}>([^]*?)</${name}>`).exec(shellOf(html))?.[1] as string;

/** A registry in which every name is the same */
function fleet(text: string): object {
  const task = new Map<string, unknown>([
    ["tools", Object.fromEntries([[text, [text]]])],
    ["data", Object.fromEntries([[text, [text]]])],
  ]);
  const tasks = Object.fromEntries([[text, Object.fromEntries(task)]]);
  return { agents: Object.fromEntries([[text, { tasks }]]) };
}

function everywhere(text: string): Review {
  const change = { kind: "trust", what: text, witness: text, source: { address: text, file: text } } as const;
  const risk = { before: { score: 1, tier: text, reasons: [text] } };
  const combination = { code: text, what: text, parts: [{ what: text, source: { address: text } }], isNew: true };
  const horizon = { after: { seconds: 60, path: text, because: text } };
  const agent = { ...AGENT, id: text, gains: [change], losses: [change], risk, horizon, combinations: [combination] };
  return {
    ...NOTHING,
    agents: [agent],
    undeclared: [change],
    requiresApproval: true,
    approvals: [{ rule: text, approvers: [text], count: 1, reasons: [text] }],
    acknowledged: [{ principal: text, kind: text, what: text, until: text, because: text }],
  };
}

test("the page holds what the review found, in the order of importance", () => {
  const { verdict, groups } = dataOf(htmlReport(EXAMPLE));
  expect(verdict).toMatch(
    /^Approval needed from 2 of @acme\/security and from .*: support-triage gains a combination, exfiltration: /,
  );
  expect(groups.map(({ title, tally, findings }) => [title, tally, findings.length])).toEqual([
    ["support-triage", "1 new combination, 3 gains, 1 unknown and 1 loss · risk 22 (low) → 61 (high)", 6],
    ["legacy/aws_iam_role.batch", "1 gain", 1],
    ["No single principal", "1 unknown", 1],
    ["Undeclared: no declaration explains this access", "1 undeclared", 1],
    ["researcher", "1 combination as before and 1 loss · risk 12 (low) → 10 (low)", 2],
    ["Declared, but not granted: it will be refused", "1 not granted", 1],
  ]);
  expect(groups[0]?.findings[3]).toMatchObject({ where: "fleet/agents/support-triage.ts:9" });
});

test("the page holds the fleet, and which of its edges are gained", () => {
  const head = { agents: { a: { tasks: { t: { tools: { one: ["x"], two: ["y"] } } } } } };
  const base = { agents: { a: { tasks: { t: { tools: { one: ["x"] } } } } } };
  const { nodes, edges } = dataOf(htmlReport(NOTHING, { base, head }));
  const name = (place: number) => nodes[place]?.name;
  expect(edges.map(({ from, to, gained }) => [name(from), name(to), gained])).toEqual([
    ["a", "one", []],
    ["a", "two", ["y"]],
  ]);
});

test("its policy lets its own script and style run, by their hashes, and nothing else", () => {
  const html = htmlReport(EXAMPLE);
  const hash = (name: string) => createHash("sha256").update(inner(html, name)).digest("base64");
  expect(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]).toBe(
    `default-src 'none'; script-src 'sha256-${hash("script")}'; style-src 'sha256-${hash("style")}'; ` +
      "base-uri 'none'; form-action 'none'",
  );
});

test("it loads nothing, and its script reads no HTML", () => {
  const html = htmlReport(EXAMPLE);
  expect(shellOf(html).match(/\bhttps?:\/\/[^"']*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  expect(shellOf(html)).not.toMatch(/<(?:link|img|iframe|object|embed|base)\b|<[^>]* (?:on\w+|src|style)=/);
  expect(inner(html, "style")).not.toMatch(/url\(|@import/);
  expect(inner(html, "script")).not.toMatch(
    /HTML\(|HTML\b\s*=|\beval\b|\bFunction\b|document\.write|\bfetch\b|\bimport\b/,
  );
});

test.each(HOSTILE)("%j stays within the data, and changes nothing around it", (text) => {
  const html = htmlReport(everywhere(text), { head: fleet(text) });
  expect(shellOf(html)).toBe(shellOf(htmlReport(NOTHING)));
  expect(DATA.exec(html)?.[1]).not.toContain("<");
  expect(unseenLines(html)).toEqual([]);
});

test.each(["", "   "])("a name that is %j can be seen, and followed as a link", (text) => {
  const { groups, nodes } = dataOf(htmlReport(everywhere(text), { head: fleet(text) }));
  expect(groups.map(({ id }) => id)).toEqual(["(blank)", null]);
  expect(new Set(nodes.map(({ name }) => name))).toEqual(new Set(["(blank)"]));
});

test("for any review, pages differ only in their data", () => {
  const shell = shellOf(htmlReport(NOTHING));
  fc.assert(
    fc.property(anyReview, fc.jsonValue(), (review, registry) => {
      const html = htmlReport(review, { head: { agents: registry, tools: registry } });
      expect(shellOf(html)).toBe(shell);
      expect(dataOf(html).groups.every(({ findings, facts }) => findings.length + facts.length > 0)).toBe(true);
    }),
  );
});

test("the order of the review does not matter", () => {
  fc.assert(fc.property(twoOrders, ([one, other]) => expect(htmlReport(other)).toBe(htmlReport(one))));
});
