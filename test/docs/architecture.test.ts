import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FLOORS, MAY_IMPORT } from "../support/floors";
import { loadedWith, ROOT, sourceFile, sourcesBelow } from "../support/sources";

const PAGE = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
const SOURCES = [sourceFile("main.ts"), ...Object.keys(MAY_IMPORT).flatMap(sourcesBelow)];

/** Text below a heading, until the next of its level or a higher one */
function section(heading: string): string {
  const level = heading.split(" ")[0]?.length ?? 0;
  const [, text] = PAGE.split(`\n${heading}\n`);
  if (text === undefined) throw new Error(`ARCHITECTURE.md has no "${heading}"`);
  return text.split(new RegExp(`\n#{1,${level}} `))[0] ?? "";
}

/** Not where it is used, or told of */
function declares(text: string, name: string): boolean {
  const ofModule = `(export )?(default )?(abstract )?(async )?(class|function|const) ${name}\\b`;
  const ofClass = ` {2}((public|private|protected|static|override|async) )*${name}[<(]`;
  return new RegExp(`^(${ofModule}|${ofClass})`, "m").test(text);
}

describe.each([...section("## Walks").matchAll(/^### (.*)$/gm)].map(([, name = ""]) => name))("walk: %s", (walk) => {
  const text = section(`### ${walk}`);
  const named = [...text.matchAll(/`([\w./-]+\.ts)`(?: `(\w+)`)?/g)].map(([, path = "", name]) => ({ path, name }));
  const files = named.map(({ path }) => path);

  test("each step begins with a file and what it declares", () => {
    const steps = text.split("\n").filter((line) => /^\d+\. /.test(line));
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter((step) => !/^\d+\. `[\w./-]+\.ts` `\w+`: /.test(step))).toEqual([]);
    const missing = named.filter(({ path, name }) => name !== undefined && !declares(sourceFile(path).text, name));
    expect(missing).toEqual([]);
  });

  test("each file is loaded with the first one", () => {
    const loaded = loadedWith(files[0] ?? "", SOURCES, true);
    expect(files.filter((file) => !loaded.includes(file))).toEqual([]);
  });
});

test("what the five walks name is there", () => {
  const text = section("## Five walks: where something new goes");
  const paths = [...text.matchAll(/`((?:\.github|[a-z]+)\/[\w./-]*)`/g)].map(([, path = ""]) => path);
  expect(text.match(/^### /gm)).toHaveLength(5);
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

describe("the pictures of floors", () => {
  const [folders = "", inside = ""] = [...section("## Floors").matchAll(/```mermaid\n([^`]*)```/g)].map(
    ([, text]) => text,
  );

  test("show what each folder may import", () => {
    const arrows = [...folders.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(
      ([, from = "", to = ""]) => [from, to] as const,
    );
    const reached = (from: string): readonly string[] =>
      arrows.filter(([one]) => one === from).flatMap(([, to]) => [to, ...reached(to)]);
    const allows = (from: string, to: string): boolean => MAY_IMPORT[from]?.includes(to) === true;
    expect(arrows.filter(([from, to]) => !allows(from, to))).toEqual([]);
    const allowed = Object.entries(MAY_IMPORT).flatMap(([from, all]) => all.map((to) => [from, to] as const));
    expect(allowed.filter(([from, to]) => to !== "main" && !reached(from).includes(to))).toEqual([]);
  });

  test.each(Object.entries(FLOORS))("show the floors of %s, the highest first", (folder, floors) => {
    const [, drawn = ""] = inside.split(`  ${folder}(["${folder}/"]) --- `);
    // Until the next folder, which is drawn with round ends.
    const labels = [...(drawn.split('(["')[0] ?? "").matchAll(/\["([^"]*)"\]/g)].map(([, label]) => label);
    const expected = floors.map((names) => names.filter((name) => name !== ".").join(" · "));
    expect(labels.reverse()).toEqual(expected);
  });
});
