import { FLOORS, MAY_IMPORT } from "./support/floors";
import { entriesOf, PACKAGES } from "./support/packages";
import { loadedWith, relativeImports, type SourceFile, sourcesBelow } from "./support/sources";

const FOLDERS = [
  "cli",
  "client",
  "constructs",
  "domain",
  "fleet",
  "governance",
  "iam",
  "images",
  "policies",
  "review",
  "runtime",
  "stacks",
];

const LONGEST_PRODUCT_FILE = 300;
const LONGEST_FILE = 400;
const FEW_PACKAGES_OF_THE_CENTRE = /^(node:|fastest-levenshtein$)/;

const SOURCES = FOLDERS.flatMap(sourcesBelow);
const TESTS = sourcesBelow("test");

test("the sources were found", () => {
  expect(SOURCES.length).toBeGreaterThan(60);
});

test.each(SOURCES.map((file) => [file.path, file] as const))("%s imports downwards only", (_, file) => {
  const allowed = [file.folder, ...(MAY_IMPORT[file.folder] ?? [])];
  expect(relativeImports(file).filter((path) => !allowed.includes(path.split("/")[0] as string))).toEqual([]);
});

test("private files are imported within their folder alone", () => {
  const strangers = SOURCES.flatMap((file) =>
    relativeImports(file)
      .filter((path) => path.includes("/private/") && !file.path.startsWith(`${path.split("/private/")[0]}/`))
      .map((path) => `${file.path} → ${path}`),
  );
  expect(strangers).toEqual([]);
});

/** Where a file stands within the folder at the top; what is private stands with those that it serves. */
function folderWithin(path: string): string {
  const [, ...folders] = path.split("/").slice(0, -1);
  return folders.find((folder) => folder !== "private") ?? ".";
}

describe.each(Object.entries(FLOORS))("in %s", (top, floors) => {
  const floorOf = (path: string): number => floors.findIndex((folders) => folders.includes(folderWithin(path)));
  // An index is the entrance to all of them.
  const files = SOURCES.filter(({ folder, path }) => folder === top && path !== `${top}/index.ts`);

  test("each folder has its floor", () => {
    const folders = [...new Set(files.map(({ path }) => folderWithin(path)))];
    expect(folders.sort()).toEqual(floors.flat().sort());
  });

  test("no folder imports one of its own floor or of a higher one", () => {
    const upwards = files.flatMap((file) =>
      relativeImports(file)
        .filter((path) => path.startsWith(`${top}/`) && folderWithin(path) !== folderWithin(file.path))
        .filter((path) => floorOf(path) >= floorOf(file.path))
        .map((path) => `${file.path} → ${path}`),
    );
    expect(upwards).toEqual([]);
  });
});

/** A workload of the Kubernetes provider, and SPIRE or OPA with it, holds some 10 MB each. */
test.each(["test/bench/ambit.ts", "stacks/agents.ts"])("%s loads nothing of the other stacks", (path) => {
  const loaded = loadedWith(path, [...SOURCES, ...TESTS]);
  expect(loaded).toEqual(expect.arrayContaining(["stacks/agents.ts", "domain/fleet.ts"]));
  expect(
    loaded.filter((file) => /^(stacks\/(?!agents)|constructs\/(spire|exchange|decision|admission)\/)/.test(file)),
  ).toEqual([]);
});

test("the pure centre uses nothing but itself, Node and a distance of words", () => {
  const foreign = SOURCES.filter(({ folder }) => folder === "domain" || folder === "iam").flatMap((file) =>
    file.imports
      .filter((specifier) => !specifier.startsWith(".") && !FEW_PACKAGES_OF_THE_CENTRE.test(specifier))
      .map((specifier) => `${file.path} → ${specifier}`),
  );
  expect(foreign).toEqual([]);
});

test("what ships looks tools up by name: development alone says where they are instead", () => {
  const starting = SOURCES.filter((file) => relativeImports(file).includes("runtime/authorizer/server"));
  expect(starting.map(({ path }) => path)).toEqual([
    "cli/dev/gateway/development-gateway.ts",
    "runtime/authorizer/main.ts",
  ]);
  expect(starting[1]?.text).toMatch(/startAuthorizer\(readAuthorizerConfig\([^()]*\), \{ log \}\)/);
  const shipped = ["cli/ambit.ts", "main.ts"].flatMap((path) => loadedWith(path, SOURCES, true));
  expect(shipped.filter((path) => path.startsWith("cli/dev/"))).toEqual([]);
});

test("what ships tells approvers as the registry says: development alone says otherwise", () => {
  const starting = SOURCES.filter((file) => relativeImports(file).includes("runtime/exchange/server"));
  expect(starting.map(({ path }) => path)).toEqual(["cli/dev/development-platform.ts", "runtime/exchange/main.ts"]);
  expect(starting[1]?.text).toMatch(/startExchange\(readConfig\([^()]*\), \{ log \}\)/);
});

test("no two files of review bear one name", () => {
  const named = SOURCES.filter(({ folder }) => folder === "review").map(({ path }) => path.split("/").at(-1) as string);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name, at) => named.indexOf(name) !== at)).toEqual([]);
});

test("providers are imported one resource at a time", () => {
  const whole = [...SOURCES, ...TESTS].flatMap((file) =>
    file.imports
      .filter((specifier) => /^@cdktf\/provider-[a-z]+(\/lib(\/index)?)?$/.test(specifier))
      .map((specifier) => `${file.path} → ${specifier}`),
  );
  expect(whole).toEqual([]);
});

test("things of AWS are known by the provider's types alone: nothing of it is loaded for them", () => {
  const files = SOURCES.filter(({ path }) => path.startsWith("constructs/aws/"));
  expect(files.length).toBeGreaterThan(10);
  const loading = files.flatMap(({ path, text }) =>
    [...text.matchAll(/^import (?!type ).*"@cdktf\/.*$/gm)].map(([line]) => `${path}: ${line}`),
  );
  expect(loading).toEqual([]);
});

test("only public names of cdktf are used", () => {
  const deep = [...SOURCES, ...TESTS].flatMap((file) => file.imports.filter((specifier) => /^cdktf\//.test(specifier)));
  expect(deep).toEqual([]);
});

test(`no file of the product is longer than ${LONGEST_PRODUCT_FILE} lines`, () => {
  const long = SOURCES.filter(({ text }) => text.split("\n").length - 1 > LONGEST_PRODUCT_FILE);
  expect(long.map(({ path }) => path)).toEqual([]);
});

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = [...SOURCES, ...TESTS].filter(({ text }) => text.split("\n").length > LONGEST_FILE);
  expect(long.map(({ path }) => path)).toEqual([]);
});

/** Names that an index exports */
function exportedNames({ text }: SourceFile): readonly string[] {
  return [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap((match) => (match[1] as string).split(","))
    .map((name) => name.replace(/\btype\b/, "").trim())
    .filter((name) => name !== "");
}

const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

test("an index lists every name, and no name twice", () => {
  for (const file of SOURCES.filter(({ path }) => path.endsWith("index.ts") && !path.startsWith("fleet/"))) {
    expect(file.text).not.toMatch(/export \*/);
    expect(repeated(exportedNames(file))).toEqual([]);
  }
});

test("each public name is exported by one entry of the package", () => {
  const entries = PACKAGES.flatMap(entriesOf).map((path) => SOURCES.find((file) => file.path === path) as SourceFile);
  const names = entries.flatMap(exportedNames);
  expect(names).toEqual(
    expect.arrayContaining(["Agent", "AgentWorkload", "AmbitStack", "OidcTrust", "PolicyDocument"]),
  );
  expect(repeated(names)).toEqual([]);
});

test("every construct has a test that names it", () => {
  const tests = TESTS.map(({ text }) => text).join("\n");
  const constructs = SOURCES.filter(({ folder }) => folder === "constructs").flatMap(({ text }) =>
    [...text.matchAll(/export class (\w+) extends (?:Construct|Key)\b/g)].map((match) => match[1] as string),
  );
  expect(constructs.length).toBeGreaterThan(10);
  expect(constructs.filter((name) => !new RegExp(`\\b${name}\\b`).test(tests))).toEqual([]);
});

/** Those of Node that have no public name: how it resolves a file that stands in for another */
const PRIVATE_OF_NODE = ["_resolveFilename"];

test("no test reads a private member through a cast", () => {
  const declared = SOURCES.flatMap(({ text }) => [
    ...text.matchAll(/\bprivate (?:(?:readonly|static|async|get) )*(\w+)/g),
  ]);
  const names = new Set(declared.map((match) => match[1] as string));
  const isPrivate = (name: string) => (names.has(name) || name.startsWith("_")) && !PRIVATE_OF_NODE.includes(name);
  const readers = TESTS.flatMap(({ path, text }) =>
    [...text.matchAll(/as unknown as \{ ?(?:readonly )?(\w+)/g)]
      .map((match) => match[1] as string)
      .filter(isPrivate)
      .map((name) => `${path}: ${name}`),
  );
  expect(names.size).toBeGreaterThan(100);
  expect(readers).toEqual([]);
});
