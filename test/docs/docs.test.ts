import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { TerraformStack } from "cdktf";
import { fleet } from "../../fleet";
import { platform } from "../../fleet/platform";
import { synthesized, testApp } from "../support/app";
import { BLOCKS, linksOf, PAGES, ROOT, type Setting, settingTables, slugs } from "./pages";
import { Program } from "./program";
import { runBlock } from "./run";

// Samples run whether or not the bundles were built: any file is the function's code here.
jest.mock("../../constructs/platform/function-code", () => ({
  ...jest.requireActual<object>("../../constructs/platform/function-code"),
  functionCode: () => __filename,
}));

const program = Program.of(BLOCKS);

test("the pages were found", () => {
  expect(PAGES.length).toBeGreaterThan(20);
  expect(BLOCKS.length).toBeGreaterThan(20);
});

describe("samples", () => {
  const paths = BLOCKS.map((block) => `${block.page} ${block.path}`);
  test("no page writes one file twice", () => {
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
  });

  test.each(BLOCKS.map((block) => [`${block.page}:${block.line}`, block] as const))("%s type-checks", (_, block) => {
    expect(program.problemsOf(block)).toEqual([]);
  });

  describe("do what they say", () => {
    const outdir = mkdtempSync(join(tmpdir(), "ambit-docs-"));
    const before = process.env.CDKTF_OUTDIR;
    beforeAll(() => {
      process.env.CDKTF_OUTDIR = outdir;
    });
    afterAll(() => {
      if (before === undefined) delete process.env.CDKTF_OUTDIR;
      else process.env.CDKTF_OUTDIR = before;
      rmSync(outdir, { recursive: true });
    });

    test.each(BLOCKS.map((block) => [`${block.page}:${block.line}`, block] as const))("%s runs", (_, block) => {
      for (const exported of Object.values(runBlock(block))) {
        if (!isStack(exported)) continue;
        const app = testApp();
        new exported(app, "sample", { platform, fleet });
        synthesized(app, () => undefined);
      }
    });
  });
});

type StackClass = new (...args: readonly unknown[]) => TerraformStack;

function isStack(value: unknown): value is StackClass {
  return typeof value === "function" && value.prototype instanceof TerraformStack;
}

function byName(settings: readonly Setting[]): readonly Setting[] {
  return [...settings].sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe("links", () => {
  test.each(PAGES.map((page) => [page.path, page] as const))("of %s resolve", (_, page) => {
    const broken = linksOf(page).filter((link) => {
      const [path, anchor] = link.split("#") as [string, string?];
      const target = path === "" ? page.path : join(dirname(page.path), path);
      if (!existsSync(resolve(ROOT, target))) return true;
      const linked = PAGES.find((other) => other.path === target);
      return anchor !== undefined && !(linked !== undefined && slugs(linked).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test("lead from the map to every page", () => {
    const map = PAGES.find(({ path }) => path === "docs/index.md");
    const linked = linksOf(map as (typeof PAGES)[number]).map((link) => join("docs", link.split("#")[0] as string));
    // `npm run bench` writes the page of performance, and the README leads there.
    const others = PAGES.map(({ path }) => path).filter((path) => !/\/(index|performance)\.md$/.test(path));
    expect(others.filter((path) => !linked.includes(path))).toEqual([]);
  });
});

/** Choices between types that have tables, parts of types that have them, and what Ambit makes of settings */
const WITHOUT_TABLE = [
  ...["BundleEndpointProps", "NetworkProps"],
  ...["ActionProps", "AwsDatasetProps", "DatasetProps", "StarterFunctionProps", "ToolProps"],
  ...["RegistryAction", "ToolAction"],
];

describe("settings", () => {
  const tables = PAGES.flatMap(settingTables);
  const documented = tables.map(({ type }) => type);

  test("every settings type of the public API has one table", () => {
    const settings = program
      .publicTypes()
      .filter((name) => /(Props|Spec|Action|ServiceIdentity|ApproverPage|GatewayUsers)$/.test(name));
    const expected = settings.filter((name) => !WITHOUT_TABLE.includes(name));
    expect(expected.length).toBeGreaterThan(30);
    expect([...documented].sort()).toEqual([...expected].sort());
  });

  test.each(tables.map((table) => [`${table.page} ${table.type}`, table] as const))(
    "%s are those of the code, with their defaults",
    (_, table) => {
      expect(byName(table.rows)).toEqual(byName(program.settingsOf(table.type)));
    },
  );
});
