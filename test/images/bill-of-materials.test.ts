import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { billOfMaterials } from "../../images/bill-of-materials";
import { goParts, libraryParts, npmParts } from "../../images/parts";

const ROOT = resolve(__dirname, "../..");
const DIGEST = `sha256:${"a".repeat(64)}`;
const HONO = "node_modules/hono/dist/hono.js";

const billOf = (parts: ReturnType<typeof npmParts>): string =>
  billOfMaterials({ name: "exchange", version: "1.2.3", digest: DIGEST, parts });

test("packages are those of which a file went into the bundle, each once", () => {
  const inputs = ["runtime/log.ts", HONO, "node_modules/hono/dist/context.js", "node_modules/@grpc/grpc-js/build/x.js"];
  const parts = npmParts(ROOT, inputs);
  expect(parts.map(({ name }) => name)).toEqual(["@grpc/grpc-js", "hono"]);
  expect(parts[0]?.purl).toMatch(/^pkg:npm\/%40grpc\/grpc-js@\d+\.\d+\.\d+$/);
  expect(parts[1]).toMatchObject({ license: "MIT" });
  expect(npmParts(ROOT, ["runtime/log.ts"])).toEqual([]);
});

test("what CycloneDX asks of a bill holds, and the same parts give the same text", async () => {
  const bill = billOf([...npmParts(ROOT, [HONO]), ...libraryParts(process.execPath)]);
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(bill)).toBeNull();
  expect(await validator.validate(bill.replace('"library"', '"book"'))).not.toBeNull();
  expect(billOf([...libraryParts(process.execPath), ...npmParts(ROOT, [HONO])])).toBe(bill);
});

test("the bill names the image by its digest, and each part that it depends on", () => {
  const { metadata, components, dependencies } = JSON.parse(billOf(npmParts(ROOT, [HONO])));
  expect(metadata.component).toMatchObject({ name: "ambit-exchange", version: "1.2.3", type: "container" });
  expect(metadata.component.hashes).toEqual([{ alg: "SHA-256", content: "a".repeat(64) }]);
  expect(components).toEqual([expect.objectContaining({ name: "hono", licenses: [{ license: { id: "MIT" } }] })]);
  const image = dependencies.find(({ ref }: { ref: string }) => ref === "image:exchange");
  expect(image.dependsOn).toEqual([components[0]["bom-ref"]]);
});

test.each([
  ["(MIT OR Apache-2.0)", { expression: "(MIT OR Apache-2.0)" }],
  ["SEE LICENSE IN x", { license: { name: "SEE LICENSE IN x" } }],
])("a licence that says %s is told as that", (license, told) => {
  const [component] = JSON.parse(billOf([{ name: "x", version: "1", purl: "pkg:npm/x@1", license }])).components;
  expect(component.licenses).toEqual([told]);
});

test("what is no program of Go names no module", () => {
  expect(goParts(__filename)).toEqual([]);
});

describe("where a program that knows is missing", () => {
  const { PATH = "" } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "ambit-programs-"));
  beforeAll(() => {
    const ldd = PATH.split(delimiter).map((each) => join(each, "ldd"));
    symlinkSync(ldd.find((path) => existsSync(path)) as string, join(folder, "ldd"));
  });
  beforeEach(() => (process.env["PATH"] = folder));
  afterEach(() => (process.env["PATH"] = PATH));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("fails for modules of Go, of which the bill would say that there are none", () => {
    expect(() => goParts(process.execPath)).toThrow(/modules of .* are not known: install go/);
  });

  test("libraries are named by their files", () => {
    const parts = libraryParts(process.execPath);
    expect(parts).not.toEqual([]);
    for (const { name, version, purl } of parts) {
      expect([version, purl]).toEqual(["", `pkg:generic/${encodeURIComponent(name)}`]);
    }
  });
});
