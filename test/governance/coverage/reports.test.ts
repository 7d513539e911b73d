import type { BlockRule } from "../../../constructs/guardrails/rule";
import { escapedHtml } from "../../../domain/escaped-html";
import { STANDARDS } from "../../../domain/standards";
import type { Coverage } from "../../../governance/coverage/coverage";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { coverageJson } from "../../../governance/coverage/report/coverage-json";
import { coverageMarkdown } from "../../../governance/coverage/report/coverage-markdown";
import { coveragePage } from "../../../governance/coverage/report/coverage-page";
import { coverageText } from "../../../governance/coverage/report/coverage-text";
import { oscalComponent } from "../../../governance/coverage/report/oscal";
import { type EditParts, exampleOutput } from "../../support/coverage/example-output";
import { renderedMarkdown } from "../../support/rendered-markdown";

const covered = (edit?: EditParts, rules: readonly BlockRule[] = []): Coverage =>
  coverageOf(exampleOutput(edit), { rules });
const same = (text: string): string => text;
const PLAIN = { columns: 160, paint: { bold: same, dim: same, green: same, red: same, yellow: same } };
const REPORTS = {
  json: coverageJson,
  markdown: coverageMarkdown,
  page: coveragePage,
  oscal: (coverage: Coverage) => oscalComponent(coverage, "0.1.0"),
  text: (coverage: Coverage) => coverageText(coverage, PLAIN),
} as const;
type Report = keyof typeof REPORTS;
const ALL = Object.keys(REPORTS) as Report[];

const example = covered();
const ENTRIES = example.standards.flatMap(({ entries }) => entries);

test.each(ALL)("%s has the same bytes for the same output", (report) => {
  expect(REPORTS[report](covered())).toBe(REPORTS[report](example));
});

/** As the report writes a text of ours, in one line */
const written = (report: Report, text: string): string =>
  report === "page"
    ? escapedHtml(text)
    : report === "json" || report === "oscal"
      ? JSON.stringify(text).slice(1, -1)
      : text;
const oneLine = (text: string): string => text.replace(/\s+/g, " ").toLowerCase();
const missing = (report: Report, texts: readonly string[]): readonly string[] => {
  const told = oneLine(REPORTS[report](example));
  return texts.filter((text) => !told.includes(oneLine(written(report, text))));
};

test.each(ALL)("%s names each standard with its version, and how its titles were compared", (report) => {
  const texts = Object.values(STANDARDS).flatMap(({ title, version, verified }) => [title, version, verified]);
  expect(missing(report, texts)).toEqual([]);
});

test.each(ALL)("%s names each entry, with what is left to the customer", (report) => {
  const heads = ENTRIES.flatMap(({ label, title }) => (report === "json" ? [label, title] : [`${label} ${title}`]));
  expect(missing(report, [...heads, ...ENTRIES.flatMap(({ yours }) => yours)])).toEqual([]);
});

const HOSTILE = "<img src=x onerror=alert(1)>|`[a](javascript:b)\u202e\u001b[31m";
const hostile = covered(
  ({ stacks }) => {
    stacks["spire"].resource.kubernetes_manifest[HOSTILE] = {
      manifest: {
        kind: "ClusterSPIFFEID",
        spec: { workloadSelectorTemplates: ["k8s:ns:a", "k8s:sa:b"] },
      },
    };
  },
  [
    {
      id: "AMBIT-TEST-ALL",
      severity: "low",
      what: "nothing may be there",
      why: "it is a test",
      fix: "remove it",
      standards: ["maestro/L1", "maestro/L5"],
      looksAt: ["kubernetes_manifest"],
      *check({ name }) {
        if (name === HOSTILE) yield { what: HOSTILE, at: "", evidence: null };
      },
    },
  ],
);

test.each(ALL)("%s shows nothing that moves a cursor or turns text around", (report) => {
  const told = REPORTS[report](hostile);
  expect(told).toContain("alert(1)");
  expect(told).not.toMatch(/[\u202e\u001b]/);
});

test.each(ALL)("%s names the finding beside which an entry is not provided", (report) => {
  const told = REPORTS[report](hostile);
  const words =
    report === "json"
      ? /"lowered": \[\s*\{\s*"finding": "AMBIT-TEST-ALL\[/
      : /not provided because of `{0,2}AMBIT-TEST-ALL\[/i;
  expect(told).toMatch(words);
});

test("text of strangers is code in Markdown, and no row breaks", () => {
  const { html, rows, words, kinds } = renderedMarkdown(coverageMarkdown(hostile));
  expect(html).toEqual([]);
  expect(words).not.toContain("onerror");
  expect(kinds.filter((kind) => kind.startsWith("image"))).toEqual([]);
  const widths = new Set(rows);
  expect([...widths].sort()).toEqual([4, 5, 6]);
});

test("the page runs nothing, loads nothing, and shows markup of strangers as text", () => {
  const page = coveragePage(hostile);
  expect(page).not.toMatch(/<script|<img|javascript:b"|onerror=alert\(1\)>/);
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(page).toMatch(
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'">/,
  );
});

test("each link of the page leads to a part of it, or to a publication", () => {
  const page = coveragePage(covered(undefined, []));
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href]) => href as string);
  expect(links.filter((href) => !href.startsWith("https://") && !ids.includes(href.slice(1)))).toEqual([]);
});

test("JSON has the evidence of each agent", () => {
  const { version, safeguards, agents } = JSON.parse(coverageJson(example));
  expect(version).toBe("ambit.coverage/1");
  expect(agents).toHaveLength(9);
  const closed = safeguards.find(({ id }: { id: string }) => id === "C12");
  expect(closed.holds["support-triage"]).toEqual([
    "spire/kubernetes_network_policy_v1.Namespace-support_DefaultDeny_9D9427FE",
    "agents/kubernetes_network_policy_v1.support-triage_NetworkPolicy_236661C3",
  ]);
});

test("the terminal names agents that lack a safeguard, and what a guardrail refuses", () => {
  const told = coverageText(
    covered(({ read }) => (read.agents.researcher.owner = "")),
    PLAIN,
  );
  expect(told).toContain("holds in part, for 8 agents, not for 1 agent");
  expect(told).toContain("researcher lacks an owner, a purpose, tasks and a day to come");
  expect(coverageText(hostile, PLAIN)).toContain("AMBIT-TEST-ALL: 1 finding refused, looked at 40");
});
