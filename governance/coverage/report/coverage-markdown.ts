import { STANDARDS, type Standard } from "../../../domain/standards";
import { cellCode, code } from "../../../review/report/markdown-code";
import type { Coverage, EntryCoverage, RuleFound, SafeguardFound, StandardCoverage } from "../coverage";
import { addresses, CLAIM, counted, EXTENT_WORDS, firstOf, LEVEL_WORDS, levelCounts, loweredText } from "./words";

/** Addresses, agents and findings that a cell names; JSON has all of them */
const MOST = 5;

/** A page for a repository: a table for each standard with what is yours beside each entry, then the evidence */
export function coverageMarkdown(coverage: Coverage): string {
  const { day, trustDomain, agents } = coverage;
  return `${[
    `# Coverage of ${code(trustDomain)}`,
    `On ${day}, ${counted(agents.length, "agent")}. ${CLAIM}`,
    ...coverage.standards.flatMap(standardSection),
    "## Safeguards",
    table(["", "Safeguard", "", "Shown by", "Missing", "Stays with you"], coverage.safeguards.map(safeguardRow)),
    "## Guardrails",
    table(["Rule", "Looked at", "Refused", "Acknowledged"], coverage.rules.map(ruleRow)),
  ].join("\n\n")}\n`;
}

function standardSection({ id, entries }: StandardCoverage): readonly string[] {
  const { title, version, source, verified, omits }: Standard = STANDARDS[id];
  return [
    `## ${title}`,
    `Version ${version}: [source](<${source}>). ${sentence(verified)} ${levelCounts(entries)}.`,
    table(["Entry", "", "By", "Open", "Yours to do"], entries.map(entryRow)),
    ...(omits === undefined ? [] : [`Yours too: ${omits}.`]),
  ];
}

function entryRow({ label, title, level, parts, lowered, by, rules, open, yours }: EntryCoverage): readonly string[] {
  const provided = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  return [
    `${label} ${title}`,
    `${level === "yours" ? "**yours to do**" : LEVEL_WORDS[level]}${provided}`,
    [...by, ...firstOf(rules, MOST)].join(", "),
    [open.join(", "), ...notProvided(lowered)].filter((text) => text !== "").join("; "),
    yours.join("; "),
  ];
}

function notProvided(lowered: EntryCoverage["lowered"]): readonly string[] {
  const texts = firstOf(
    lowered.map((each) => loweredText(each, cellCode)),
    MOST,
  );
  return texts.length === 0 ? [] : [`not provided because of ${texts.join(", ")}`];
}

function safeguardRow(safeguard: SafeguardFound): readonly string[] {
  const { id, name, extent, missing, lacks, yours } = safeguard;
  const lacking = [...lacks].map(([agent, what]) => `${cellCode(agent)}: ${what}`);
  return [
    id,
    name,
    EXTENT_WORDS[extent],
    coded(addresses(safeguard)),
    [...missing, ...firstOf(lacking, MOST)].join("; "),
    yours,
  ];
}

function ruleRow({ id, looked, refused, acknowledged }: RuleFound): readonly string[] {
  const known = acknowledged.map(
    ({ finding, owner, expires }) => `${cellCode(finding)} by ${cellCode(owner)} until ${expires}`,
  );
  return [`\`${id}\``, `${looked}`, coded(refused), firstOf(known, MOST).join(", ")];
}

/** Text of strangers */
function coded(texts: readonly string[]): string {
  const more = texts.length > MOST ? [`and ${texts.length - MOST} more`] : [];
  return [...texts.slice(0, MOST).map(cellCode), ...more].join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
