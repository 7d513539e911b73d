import { printable } from "../../../domain/printable";
import { STANDARDS, type Standard } from "../../../domain/standards";
import { wrappedLines } from "../../../domain/wrapped-lines";
import type { Coverage, EntryCoverage, Level, RuleFound, SafeguardFound } from "../coverage";
import {
  addresses,
  CLAIM,
  entryHead,
  extentText,
  firstOf,
  headline,
  LEVEL_WORDS,
  levelCounts,
  loweredText,
  ruleText,
} from "./words";

type Paint = (text: string) => string;

export interface TextOptions {
  readonly columns: number;
  readonly paint: Readonly<Record<"bold" | "dim" | "green" | "red" | "yellow", Paint>>;
}

/** Addresses, agents and findings that one line names; JSON has all of them */
const MOST = 3;

/** For a terminal: each entry with what is yours below it, then safeguards and guardrails with their evidence */
export function coverageText(coverage: Coverage, options: TextOptions): string {
  const page = new Page(options);
  page.title(headline(coverage));
  page.add(CLAIM, 0);
  for (const { id, entries } of coverage.standards) {
    const { title, version, verified, omits }: Standard = STANDARDS[id];
    page.title(`${title}, ${version}: ${levelCounts(entries)}`);
    page.dim(verified, 1);
    for (const entry of entries) entryLines(page, entry);
    if (omits !== undefined) page.add(`yours too: ${omits}`, 1);
  }
  page.title("Safeguards");
  for (const safeguard of coverage.safeguards) safeguardLines(page, safeguard);
  page.title("Guardrails");
  for (const rule of coverage.rules) ruleLines(page, rule);
  return page.text;
}

const COLOURS: Readonly<Record<Level, "green" | "yellow" | "red">> = {
  provides: "green",
  contributes: "yellow",
  yours: "red",
};

function entryLines(page: Page, entry: EntryCoverage): void {
  page.add(
    `${LEVEL_WORDS[entry.level].padEnd(LEVEL_WORDS.yours.length)}  ${entryHead(entry)}`,
    1,
    COLOURS[entry.level],
  );
  const by = [...entry.by, ...firstOf(entry.rules, MOST)];
  if (by.length > 0) page.dim(`by ${by.join(", ")}`, 3);
  if (entry.open.length > 0) page.add(`open: ${firstOf(entry.open, MOST).join(", ")}`, 3);
  const lowered = firstOf(
    entry.lowered.map((each) => loweredText(each)),
    MOST,
  );
  if (lowered.length > 0) page.add(`not provided because of ${lowered.join("; ")}`, 3);
  page.add(`yours: ${entry.yours.join("; ")}`, 3);
}

function safeguardLines(page: Page, safeguard: SafeguardFound): void {
  const { id, name, extent, lacks } = safeguard;
  const colour = extent === "whole" ? "green" : extent === "partial" ? "yellow" : "red";
  page.add(`${id} ${name}: ${extentText(safeguard)}`, 1, colour);
  const shown = firstOf(addresses(safeguard), MOST);
  if (shown.length > 0) page.dim(shown.join(", "), 3);
  const lacking = firstOf(
    [...lacks].map(([agent, what]) => `${agent} lacks ${what}`),
    MOST,
  );
  if (lacking.length > 0) page.add(lacking.join("; "), 3);
}

function ruleLines(page: Page, rule: RuleFound): void {
  page.add(`${rule.id}: ${ruleText(rule)}`, 1, rule.refused.length === 0 ? "green" : "red");
  for (const finding of firstOf(rule.refused, MOST)) page.add(finding, 3);
  const known = rule.acknowledged.map(({ finding, owner, expires }) => `${finding}, ${owner} until ${expires}`);
  for (const each of firstOf(known, MOST)) page.dim(`acknowledged: ${each}`, 3);
}

/** Lines with an indent; every text may be a stranger's. */
class Page {
  private readonly lines: string[] = [];

  public constructor(private readonly options: TextOptions) {}

  public get text(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  public title(text: string): void {
    if (this.lines.length > 0) this.lines.push("");
    this.add(text, 0, "bold");
  }

  public dim(text: string, depth: number): void {
    this.add(text, depth, "dim");
  }

  /** @param depth levels of two columns */
  public add(text: string, depth: number, colour?: keyof TextOptions["paint"]): void {
    const indent = "  ".repeat(depth);
    const lines = wrappedLines(printable(text), indent, `${indent}    `, this.options.columns);
    const paint: Paint = colour === undefined ? (line) => line : this.options.paint[colour];
    this.lines.push(...lines.map(paint));
  }
}
