import { existsSync, readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { join } from "node:path";
import * as client from "../client/typescript/index";
import { entriesOf, manifestOf, PACKAGES } from "./support/packages";
import { relativeImports, ROOT, type SourceFile, sourcesBelow } from "./support/sources";

const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifestOf(".");
const COMMAND = "cli/ambit.ts";

const FOLDERS = [
  "cli",
  "constructs",
  "domain",
  "governance",
  "iam",
  "images",
  "policies",
  "review",
  "runtime",
  "stacks",
];
const SOURCES = new Map(FOLDERS.flatMap(sourcesBelow).map((file) => [file.path, file]));

/** Stays in the repository: what it reads is written into the package when that is built. */
const AT_BUILD = "review/reach/aws/managed/gather.ts";

/** What the compiler writes of these files, which is all that they import, types included */
function published(entries: readonly string[]): readonly SourceFile[] {
  const found = new Map<string, SourceFile>();
  const visit = (file: SourceFile | undefined): void => {
    if (file === undefined || file.path === AT_BUILD || found.has(file.path)) return;
    found.set(file.path, file);
    for (const path of relativeImports(file)) visit(SOURCES.get(`${path}.ts`) ?? SOURCES.get(`${path}/index.ts`));
  };
  entries.forEach((path) => visit(SOURCES.get(path)));
  return [...found.values()];
}

/** Files that a published file starts as threads, by their path beside it */
function threadsOf(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/require\.resolve\("\.\/([^"]+)"\)/g)].map(([, name]) => join(path, "..", `${name}.ts`)),
  );
}

const packagesOf = (files: readonly SourceFile[]): ReadonlySet<string> =>
  new Set(
    files.flatMap(({ imports }) =>
      imports.filter((name) => !/^(\.|node:)/.test(name)).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] as string),
    ),
  );

const BUILT = built();
const FILES = published(BUILT);
const IMPORTED = packagesOf(FILES);
/** What constructs and stacks alone import */
const OF_CONSTRUCTS = packagesOf(published(entriesOf(".")));

function built(): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.build.json"), ts.sys.readFile);
  return (config as { readonly files: readonly string[] }).files;
}

test("what is published is what the subpaths, the command and its threads load, and no more", () => {
  const entries = [...entriesOf("."), COMMAND];
  expect([...entries, ...entriesOf("client/typescript")].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect([...BUILT].sort()).toEqual([...new Set([...entries, ...threadsOf(published(entries))])].sort());
  expect(FILES.length).toBeGreaterThan(500);
  const { scripts } = manifestOf(".");
  expect([scripts["build"], scripts["policies-of-aws"]]).toEqual([
    expect.stringContaining("npm run policies-of-aws"),
    expect.stringContaining(`${AT_BUILD} dist/`),
  ]);
  expect(FILES.filter(({ path }) => /^(images|cli\/dev)\//.test(path))).toEqual([]);
});

test("each package that a published file imports is installed with it, or asked for as a peer", () => {
  expect([...IMPORTED]).toEqual(expect.arrayContaining(["cdktf", "@aws-sdk/client-kms", "zod"]));
  expect([...IMPORTED].filter((name) => !(name in dependencies || name in peerDependencies))).toEqual([]);
});

test("each package that is installed is imported by a published file", () => {
  const asked = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  expect(asked.filter((name) => !IMPORTED.has(name))).toEqual([]);
});

test("what makes resources is one copy with the user's own: a peer, of a range whose newest or pinned version is tested", () => {
  const peers = ["@cdktf/provider-aws", "@cdktf/provider-kubernetes", "cdktf", "constructs"];
  expect(Object.keys(peerDependencies)).toEqual(peers);
  for (const name of peers) {
    const { groups } = /^\^(?<major>\d+)\.(?<minor>\d+)\./.exec(peerDependencies[name] ?? "") ?? {};
    const [major, minor] = (devDependencies[name] ?? "").split(".").map(Number);
    expect([name, major]).toEqual([name, Number(groups?.["major"])]);
    expect(minor).toBeGreaterThanOrEqual(Number(groups?.["minor"]));
    expect(dependencies).not.toHaveProperty([name]);
    expect(OF_CONSTRUCTS).toContain(name);
  }
});

test("constructs and stacks load nothing of what runs after deploy, nor any client of AWS", () => {
  expect([...OF_CONSTRUCTS].filter((name) => /^(@aws-sdk|@grpc|@opentelemetry|hono|level|zod)/.test(name))).toEqual([]);
});

test("the client asks for no package at all", () => {
  expect(PACKAGES).toContain("client/typescript");
  expect(manifestOf("client/typescript")).toEqual(
    expect.not.objectContaining({ dependencies: expect.anything(), peerDependencies: expect.anything() }),
  );
});

describe("the client for Python", () => {
  const PYTHON = join(ROOT, "client/python");
  const read = (path: string): string => readFileSync(join(PYTHON, path), "utf8");

  test("has the version of the others, and no dependency", () => {
    const versions = PACKAGES.map((folder) => manifestOf(folder).version);
    const [, version] = /^version = "(.+)"$/m.exec(read("pyproject.toml")) ?? [];
    expect(new Set([...versions, version]).size).toBe(1);
    expect(read("pyproject.toml")).toMatch(/^dependencies = \[\]$/m);
  });

  test("imports Python's own modules alone", () => {
    const folder = join(PYTHON, "src/ambit_client");
    const imported = readdirSync(folder)
      .filter((file) => file.endsWith(".py"))
      .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/^(?:from|import) ([\w.]+)/gm)])
      .map(([, name = ""]) => name.split(".")[0] as string);
    const known =
      "asyncio collections concurrent contextvars dataclasses datetime http io ipaddress json os re selectors socket threading time";
    const standard = new Set(["", "__future__", "types", "typing", "urllib", ...known.split(" ")]);
    expect([...new Set(imported)].filter((name) => !standard.has(name))).toEqual([]);
  });

  test("has each name that the one for Node has when it runs, and the types of what is given", () => {
    const names = [...read("src/ambit_client/__init__.py").matchAll(/^ {4}"(\w+)",$/gm)].map(([, name]) => name);
    const values = Object.keys(client).filter((name) => name !== "__esModule");
    expect(names).toEqual(expect.arrayContaining([...values, "AccessToken", "RefusalReason", "RunNames"]));
  });
});
