import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { archive } from "../../images/archive";
import { bundle, type BundleName, BUNDLES } from "../../images/bundles";

const ROOT = resolve(__dirname, "../..");
/** What the image is built from (images/Dockerfile) */
const SOURCES = ["tsconfig.json", "package.json", "domain", "iam", "images", "policies", "runtime"];
const NAMES = Object.keys(BUNDLES) as BundleName[];
const folder = mkdtempSync(join(tmpdir(), "ambit-bundles-"));
const elsewhere = join(folder, "another", "checkout");

beforeAll(async () => {
  for (const source of SOURCES) cpSync(join(ROOT, source), join(elsewhere, source), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(elsewhere, "node_modules"));
  for (const name of NAMES) {
    bundle(ROOT, BUNDLES[name], join(folder, "here", name));
    bundle(elsewhere, BUNDLES[name], join(folder, "a", "longer", "path", name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const filesOf = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digestsOf = (path: string) => filesOf(path).map((name) => [name, digest(readFileSync(join(path, name)))]);

test.each(NAMES)("the same source makes the same bytes of %s, wherever it lies", (name) => {
  const made = digestsOf(join(folder, "here", name));
  expect(made.length).toBeGreaterThan(0);
  expect(digestsOf(join(folder, "a", "longer", "path", name))).toEqual(made);
});

test("a change of the source changes the bytes", async () => {
  const main = join(elsewhere, "runtime/companion/log-lines.ts");
  const entry = join(elsewhere, BUNDLES.companion.entry);
  cpSync(entry, main);
  cpSync(join(elsewhere, "runtime/log.ts"), entry);
  bundle(elsewhere, BUNDLES.companion, join(folder, "changed"));
  cpSync(main, entry);
  expect(digestsOf(join(folder, "changed"))).not.toEqual(digestsOf(join(folder, "here", "companion")));
});

test("beside each lies what it reads, and nothing of native code", () => {
  const policies = readdirSync(join(ROOT, "policies/cedar")).map((name) => `cedar/${name}`);
  const engine = [...policies, "cedar_wasm_bg.wasm", "main.js", "main.js.LEGAL.txt"];
  const of = (name: BundleName): readonly string[] => filesOf(join(folder, "here", name));
  expect(of("exchange")).toEqual([...engine, "workload.proto"].sort());
  const envoy = ["access-log.proto", "authorization.proto", "external-processing.proto"];
  expect(of("authorizer")).toEqual([...engine, ...envoy, "workload.proto"].sort());
  expect(of("companion")).toEqual(["main.js", "main.js.LEGAL.txt", "workload.proto"]);
  expect(of("starter")).toEqual(["main.js"]);
  expect(of("witness")).toEqual(["main.js"]);
  expect(of("lambda").filter((name) => !name.endsWith(".LEGAL.txt"))).toEqual(
    engine.filter((name) => !name.endsWith(".LEGAL.txt")).sort(),
  );
});

test.each(NAMES)("no path of this machine is in %s", (name) => {
  expect(readFileSync(join(folder, "here", name, "main.js"), "utf8")).not.toContain(ROOT);
});

test("the function's archive has the bundle's files, and the same bytes at any time", () => {
  const [one, other] = [join(folder, "one.zip"), join(folder, "other.zip")];
  archive(join(folder, "here", "lambda"), one);
  jest.useFakeTimers({ now: new Date("2031-07-01T12:00:00Z") });
  archive(join(folder, "a", "longer", "path", "lambda"), other);
  jest.useRealTimers();
  expect(digest(readFileSync(other))).toBe(digest(readFileSync(one)));
  const packed = Object.entries(unzipSync(readFileSync(one))).map(([name, bytes]) => [name, digest(bytes)]);
  expect(packed).toEqual(digestsOf(join(folder, "here", "lambda")));
});
