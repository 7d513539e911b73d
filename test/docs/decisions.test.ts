import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OBSERVABLE, REASONS } from "../../domain";
import { decisionCases } from "../support/decisions/cases";

const ROW = /^\| (?<codes>`[^|]*?) +\|/;
const PAGE = readFileSync(join(__dirname, "../../docs/decisions.md"), "utf8");

/** First cells of the table of rules, in its order */
const rows = PAGE.split("\n## Rules\n")[1]
  ?.split("\n")
  .map((line) => ROW.exec(line)?.groups?.["codes"])
  .filter((codes) => codes !== undefined);

const codesOf = (cells: readonly string[]): readonly string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)).sort();

/** What is found before or beside the engines has no rule */
const isRule = (code: string): boolean => !/^(input|engine)\./.test(code);

test("the table of rules has every code that an engine gives, and no other", () => {
  expect(codesOf(rows ?? [])).toEqual(Object.keys(REASONS).filter(isRule).sort());
});

test("the table marks what is only observed", () => {
  expect(codesOf((rows ?? []).filter((cell) => cell.includes("◌")))).toEqual([...OBSERVABLE].sort());
});

test("every other code is explained below the table", () => {
  for (const code of Object.keys(REASONS).filter((code) => !isRule(code))) expect(PAGE).toContain(`\`${code}\``);
});

test("every code but those of engines that fail is a reason of some case, and each that may be observed is in another", () => {
  const cases = decisionCases().map(({ expected }) => expected);
  const reasons = new Set(cases.flatMap((expected) => expected.reasons));
  const observed = new Set(cases.flatMap((expected) => expected.observed));
  expect([...reasons].sort()).toEqual(
    Object.keys(REASONS)
      .filter((code) => !code.startsWith("engine."))
      .sort(),
  );
  expect([...observed].sort()).toEqual([...OBSERVABLE].sort());
});

test("each rule that needs no declaration is marked, and refuses unknown agents in some case", () => {
  const marked = [...PAGE.matchAll(/^\| (`[^|]*?) +\| ● +\|/gm)].map((match) => match[1] as string);
  const told = decisionCases().flatMap(({ expected: { reasons } }) =>
    reasons.includes("agent.unknown") ? reasons : [],
  );
  expect([...new Set(told)].sort()).toEqual(codesOf(marked));
});
