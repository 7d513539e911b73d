import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { linksOf, ROOT } from "./pages";

const PAGE = { path: "test/README.md", text: readFileSync(join(ROOT, "test/README.md"), "utf8") };
const FILES = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
  .map((path) => `/${path.split("\\").join("/")}`)
  .filter((path) => !path.includes("/node_modules/"));
const NAMES = [...PAGE.text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] as string);

test("each file that is named is there", () => {
  const files = NAMES.filter((name) => /^[\w./-]+\.(ts|json)$/.test(name));
  const missing = files.filter(
    (name) => !FILES.some((path) => path.endsWith(`/${name}`)) && !existsSync(join(ROOT, name)),
  );
  expect(files.length).toBeGreaterThan(80);
  expect(missing).toEqual([]);
});

test("each folder or file that a command or a link names is there", () => {
  const tested = NAMES.flatMap((name) => /npx jest (.+)$/.exec(name)?.[1]?.split(" ") ?? []);
  const linked = linksOf(PAGE).map((link) => join(dirname(PAGE.path), link.split("#")[0] as string));
  expect([...tested, ...linked].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test.each([
  ["suite on real programs", "e2e", "suite.ts"],
  ["bench", "bench", "bench.ts"],
])("each %s is named", (_, below, file) => {
  const folders = FILES.filter((path) => path.startsWith(`/${below}/`) && path.endsWith(`/${file}`))
    .map((path) => path.split("/")[2] as string)
    .filter((name) => !["harness", file].includes(name));
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((name) => !NAMES.some((text) => text.replace(/\/$/, "").endsWith(name)))).toEqual([]);
});
