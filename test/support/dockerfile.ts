import { DockerfileParser } from "dockerfile-ast";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export const dockerfile = DockerfileParser.parse(readFileSync(resolve(__dirname, "../../images/Dockerfile"), "utf8"));

interface Line {
  readonly keyword: string;
  readonly words: readonly string[];
}

/** The parser leaves flags out of an instruction's arguments. */
const wordsOf = (instruction: string): readonly string[] => instruction.split(/\s+/).slice(1);

/** The instructions of each stage, by its name */
export const STAGES = dockerfile.getFROMs().reduce<Record<string, readonly Line[]>>((stages, from, index, all) => {
  const [first, next] = [from.getRange().start.line, all[index + 1]?.getRange().start.line ?? Infinity];
  const lines = dockerfile
    .getInstructions()
    .filter((one) => one.getRange().start.line >= first && one.getRange().start.line < next)
    .map((one) => ({ keyword: one.getKeyword(), words: wordsOf(one.getTextContent()) }));
  return { ...stages, [from.getBuildStage() ?? ""]: lines };
}, {});

export const linesOf = (stage: string, keyword: string): readonly (readonly string[])[] =>
  (STAGES[stage] ?? []).filter((line) => line.keyword === keyword).map(({ words }) => words);
/** In the form of JSON, which needs no shell */
export const listOf = (words: readonly string[] | undefined): readonly string[] => JSON.parse((words ?? []).join(" "));
