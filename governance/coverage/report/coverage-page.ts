import { escapedHtml } from "../../../domain/escaped-html";
import { STANDARDS, type Standard } from "../../../domain/standards";
import { stillPage } from "../../../review/report/still-page";
import type { Coverage, EntryCoverage, Level, RuleFound, SafeguardFound, StandardCoverage } from "../coverage";
import { addresses, CLAIM, EXTENT_WORDS, firstOf, headline, LEVEL_WORDS, levelCounts, loweredText } from "./words";

/** Addresses, agents and findings that are named; JSON has all of them */
const MOST = 200;

const STYLE = `
th:first-child { width: 26%; }
th:nth-child(2) { width: 16%; }
th:last-child { width: 28%; }
td:not(:first-child) { font-family: inherit; font-size: 1rem; }
table { margin-bottom: 0.75rem; }
summary { cursor: pointer; }
.level { font-weight: 600; }
code { overflow-wrap: anywhere; }
`;

/** As review's page colours what is good, uncertain and bad */
const CLASSES: Readonly<Record<Level, string>> = { provides: "loss", contributes: "unknown", yours: "gain" };

/** A page that a browser shows and prints without a script: entries link to the safeguards that show them. */
export function coveragePage(coverage: Coverage): string {
  const title = headline(coverage);
  const body = [
    `<header><h1>${escapedHtml(title)}</h1><p>${CLAIM}</p>${contents(coverage)}</header>`,
    "<main>",
    ...coverage.standards.map(standardSection),
    `<section aria-labelledby="safeguards"><h2 id="safeguards">Safeguards</h2>${coverage.safeguards.map(safeguardPart).join("")}</section>`,
    `<section aria-labelledby="guardrails"><h2 id="guardrails">Guardrails</h2>${coverage.rules.map(rulePart).join("")}</section>`,
    "</main>",
  ];
  return stillPage({ title, style: STYLE, body: body.join("\n") });
}

function contents({ standards }: Coverage): string {
  const items = standards.map(({ id, entries }) => {
    const { title, version }: Standard = STANDARDS[id];
    return `<li><a href="#${id}">${escapedHtml(title)}</a>, ${escapedHtml(version)}: ${levelCounts(entries)}</li>`;
  });
  return `<nav aria-label="Standards"><ul>${items.join("")}</ul></nav>`;
}

function standardSection({ id, entries }: StandardCoverage): string {
  const { title, version, source, verified, omits }: Standard = STANDARDS[id];
  const also = omits === undefined ? "" : `<p>Yours too: ${escapedHtml(omits)}.</p>`;
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escapedHtml(title)}</h2>
<p class="legend">Version ${escapedHtml(version)}, <a href="${escapedHtml(source)}">source</a>; ${escapedHtml(verified)}.</p>
<table><thead><tr><th scope="col">Entry</th><th scope="col">Level</th><th scope="col">By</th><th scope="col">Yours to do</th></tr></thead>
<tbody>${entries.map(entryRow).join("\n")}</tbody></table>${also}</section>`;
}

function entryRow({ label, title, level, parts, lowered, by, rules, open, yours }: EntryCoverage): string {
  const provided = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  const still = open.length === 0 ? "" : `<br>open: ${linked(open)}`;
  return `<tr><td>${escapedHtml(`${label} ${title}`)}</td><td><span class="level ${CLASSES[level]}">${LEVEL_WORDS[level]}</span>${escapedHtml(provided)}</td><td>${linked([...by, ...rules])}${still}${notProvided(lowered)}</td><td>${escapedHtml(yours.join("; "))}</td></tr>`;
}

function notProvided(lowered: EntryCoverage["lowered"]): string {
  const texts = firstOf(
    lowered.map((each) => loweredText(each)),
    MOST,
  );
  return texts.length === 0 ? "" : `<br>not provided because of ${escapedHtml(texts.join("; "))}`;
}

function linked(ids: readonly string[]): string {
  return ids.map((id) => `<a href="#${escapedHtml(id)}">${escapedHtml(id)}</a>`).join(", ");
}

function safeguardPart(safeguard: SafeguardFound): string {
  const { id, name, extent, missing, lacks, yours } = safeguard;
  const shown = addresses(safeguard);
  const lacking = [...lacks].map(([agent, what]) => `${agent}: ${what}`);
  const level: Level = extent === "whole" ? "provides" : extent === "partial" ? "contributes" : "yours";
  return `<article><h3 id="${escapedHtml(id)}">${escapedHtml(`${id} ${name}`)} <span class="tally ${CLASSES[level]}">${EXTENT_WORDS[extent]}</span></h3>
${list("Missing", missing, false)}${list("Agents without it", lacking, false)}${list("Shown by", shown, true)}<p>Stays with you: ${escapedHtml(yours)}.</p></article>`;
}

function rulePart({ id, looked, refused, acknowledged }: RuleFound): string {
  const known = acknowledged.map(({ finding, owner, expires }) => `${finding}, by ${owner} until ${expires}`);
  const result = refused.length === 0 ? "nothing refused" : "refused";
  return `<article><h3 id="${escapedHtml(id)}">${escapedHtml(id)} <span class="tally ${refused.length === 0 ? "loss" : "gain"}">${result}</span></h3>
<p>Looked at ${looked} of its kind.</p>${list("Refused", refused, false)}${list("Acknowledged", known, false)}</article>`;
}

/** Folded where it is long */
function list(title: string, texts: readonly string[], isFolded: boolean): string {
  if (texts.length === 0) return "";
  const items = `<ul>${firstOf(texts, MOST)
    .map((text) => `<li><code>${escapedHtml(text)}</code></li>`)
    .join("")}</ul>`;
  const head = `${title} (${texts.length})`;
  return isFolded ? `<details><summary>${head}</summary>${items}</details>` : `<p>${head}:</p>${items}`;
}
