import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DRAWING = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(join(__dirname, file), "utf8") }))
  .filter(({ text }) => /\bfc\.(assert|sample)\(/.test(text));

const filesWhere = (is: (text: string) => boolean) => DRAWING.filter(({ text }) => is(text)).map(({ file }) => file);

test("every file that draws imports test/support/depth, which says from which seed", () => {
  expect(DRAWING.length).toBeGreaterThan(50);
  expect(filesWhere((text) => !/^import .*"[./]+support\/depth";$/m.test(text))).toEqual([]);
});

test("no file says how many it draws but by depth(), so that one setting holds for all", () => {
  expect(filesWhere((text) => /numRuns: [\d_]+/.test(text))).toEqual([]);
});
