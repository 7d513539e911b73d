import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");

export interface Page {
  /** Relative to the repository */
  readonly path: string;
  readonly text: string;
}

/** A sample. Its first line may say which file it is; then relative imports work as they would there. */
export interface Block {
  readonly page: string;
  readonly line: number;
  /** Relative to the repository, `.ts` included */
  readonly path: string;
  readonly code: string;
}

export interface Setting {
  readonly name: string;
  /** As the doc comment says it, or `required` */
  readonly default: string;
}

export interface SettingTable {
  readonly page: string;
  /** Name of the interface, in the head of the table's first column */
  readonly type: string;
  readonly rows: readonly Setting[];
}

export const PAGES: readonly Page[] = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file.split("\\").join("/")}`)
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf);

function blocksOf({ path, text }: Page): readonly Block[] {
  return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^\1```$/gm)].map((match) => {
    const [, indent = "", indented = ""] = match;
    const code = indented.replace(new RegExp(`^${indent}`, "gm"), "");
    const line = text.slice(0, match.index).split("\n").length;
    const named = /^\/\/ (\S+\.ts)\b/.exec(code)?.[1];
    return { page: path, line, path: named ?? `${path.replace(/\.md$/, "")}-${line}.ts`, code };
  });
}

/** Without code, in which brackets and hashes mean something else */
function prose({ text }: Page): string {
  return text.replace(/^( *)```[\s\S]*?^\1```$/gm, "").replace(/`[^`\n]*`(?!\])/g, "");
}

export function linksOf(page: Page): readonly string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] as string)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Anchors of a page's headings, as GitHub makes them */
export function slugs({ text }: Page): readonly string[] {
  return [...text.replace(/^( *)```[\s\S]*?^\1```$/gm, "").matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] as string)
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, "")
      .replaceAll(" ", "-"),
  );
}

export function settingTables({ path, text }: Page): readonly SettingTable[] {
  return [...text.matchAll(/^\| `(\w+)`\s*\| Default\s*\|.*\n\|[-| ]+\|\n((?:\|.*\n)+)/gm)].map((match) => ({
    page: path,
    type: match[1] as string,
    rows: (match[2] as string)
      .trimEnd()
      .split("\n")
      .map((row) => row.split("|").map((cell) => cell.replaceAll("`", "").trim()))
      .map(([, name = "", value = ""]) => ({ name, default: value })),
  }));
}
