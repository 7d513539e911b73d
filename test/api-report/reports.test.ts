import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/cli";
import { entryPoints } from "./entry-points";
import { apiReports } from "./reports";

const folder = scratch("api-report").path;

function declared(name: string, text: string) {
  writeFileSync(join(folder, `${name}.d.ts`), text);
  return { name, declarations: `${name}.d.ts` };
}

test("a report has what an entry point exports, and a type that another one exports is not missing", () => {
  const points = [
    declared("one", `import type { Two } from "./two";\nexport declare function one(two: Two): void;\n`),
    declared("two", "/** A type */\nexport interface Two { readonly size: number; }\n"),
  ];
  const { texts, forgotten } = apiReports(points, folder);
  expect(forgotten).toEqual([]);
  expect([...texts.keys()]).toEqual(["one", "two"]);
  expect(texts.get("one")).toContain("export function one(two: Two): void;");
  expect(texts.get("two")).toContain("readonly size: number;");
});

test("fails when a signature uses a type that no entry point exports", () => {
  const point = declared(
    "three",
    "interface Hidden { readonly a: 1; }\nexport declare const three: Hidden;\nexport {};\n",
  );
  expect(apiReports([point], folder).forgotten).toEqual(["Hidden"]);
});

test("fails when a declaration does not compile", () => {
  const point = declared("four", `export declare const four: Missing;\n`);
  expect(() => apiReports([point], folder)).toThrow("Missing");
});

test("the package's entry points are those of its exports that have types", () => {
  const manifest = join(folder, "package.json");
  const types = { types: "./dist/a/index.d.ts", default: "./dist/a/index.js" };
  writeFileSync(
    manifest,
    JSON.stringify({ exports: { ".": types, "./a/b": types, "./package.json": "./package.json" } }),
  );
  expect(entryPoints(manifest, "index")).toEqual([
    { name: "index", declarations: "a/index.d.ts" },
    { name: "a-b", declarations: "a/index.d.ts" },
  ]);
});
