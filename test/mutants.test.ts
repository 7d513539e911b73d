import { readFileSync } from "node:fs";
import { join } from "node:path";
import mutants from "./cases/mutants.json";

const ROOT = join(__dirname, "..");

test.each(mutants)("the text of the mutant '$name' stands in its file once", ({ file, find }) => {
  expect(readFileSync(join(ROOT, file), "utf8").split(find)).toHaveLength(2);
});

test("each mutant has a name of its own and changes something", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.filter(({ find, replace }) => find === replace)).toEqual([]);
});
