import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** Every code of the union, read as text: a type leaves nothing behind at run time. */
function declaredCodes(): string[] {
  const source = readFileSync(join(ROOT, "domain/errors.ts"), "utf8");
  const union = /export type ErrorCode =([^;]*);/.exec(source)?.[1] ?? "";
  return [...union.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

function testTexts(): string {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.test\.ts$|^cases\/.*\.json$/.test(path) && !path.endsWith("error-codes.test.ts"))
    .map((path) => readFileSync(join(ROOT, "test", path), "utf8"))
    .join("\n");
}

const codes = declaredCodes();
const texts = testTexts();

test("the union of codes is read", () => {
  expect(codes).toContain("token");
  expect(codes.length).toBeGreaterThan(40);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each(codes)("some test produces %s", (code) => {
  expect(texts.includes(`"${code}"`)).toBe(true);
});
