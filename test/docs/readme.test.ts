import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linksOf, PAGES, type Page, ROOT, slugs } from "./pages";

const README: Page = { path: "README.md", text: readFileSync(join(ROOT, "README.md"), "utf8") };
const LINES = README.text.split("\n");
/** What a reader sees before he scrolls */
const FIRST = LINES.slice(0, 36).join("\n");
const PICTURE = "docs/images/review.png";

test("the README is short", () => expect(LINES.length).toBeLessThanOrEqual(150));

test("the first screen says what is enforced, and what is not yet", () => {
  const [, enforced = "", missing = ""] = /\| Enforced today([\s\S]*)\| Not yet([\s\S]*)/.exec(FIRST) ?? [];
  for (const where of ["npm run synth", "ambit review", "AWS", "Kubernetes", "exchange"])
    expect(enforced).toContain(where);
  for (const what of ["AWS itself", "several nodes", "audit"]) expect(missing).toContain(what);
});

test("what the README says is missing is not in the tree", () => {
  expect(existsSync(join(ROOT, "runtime/transparency"))).toBe(false);
});

test("the first screen shows the page of a review, in a picture that loads fast", () => {
  expect(FIRST).toMatch(new RegExp(`!\\[[^\\]]{20,}\\]\\(${PICTURE}\\)`));
  const picture = readFileSync(join(ROOT, PICTURE));
  expect(picture.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  expect(picture.length).toBeLessThan(200_000);
  // Width and height of the IHDR chunk (PNG, section 11.2.2)
  expect(picture.readUInt32BE(16)).toBeGreaterThan(600);
  expect(picture.readUInt32BE(20)).toBeGreaterThan(400);
});

test("every link of the README leads somewhere", () => {
  const broken = linksOf(README).filter((link) => {
    const [path = "", anchor] = link.split("#");
    if (!existsSync(join(ROOT, path))) return true;
    const page = PAGES.find((other) => other.path === path);
    return anchor !== undefined && (page === undefined || !slugs(page).includes(anchor));
  });
  expect(linksOf(README).length).toBeGreaterThan(20);
  expect(broken).toEqual([]);
});
