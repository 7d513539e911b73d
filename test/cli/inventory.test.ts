import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryCommand } from "../../cli/inventory";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { filesOf } from "../support/review/folders";

const folder = scratch("inventory");
for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(`cdktf.out/${file}`, content);
const dir = join(folder.path, "cdktf.out");
const inventory = (...args: readonly string[]) => called([inventoryCommand], "inventory", ...args, "--dir", dir);
const at = (name: string) => join(folder.path, name);
const NAMES = [
  "build-watcher",
  "ledger-reconciler",
  "press-watcher",
  "press-writer",
  "refund-clerk",
  "release-scribe",
  "researcher",
  "support-triage",
  "web-reader",
];

test("terminal, JSON, CSV and CycloneDX name the same agents", async () => {
  const terminal = await inventory("--csv", at("inventory.csv"), "--cyclonedx", at("bom.json"));
  const json = await inventory("--json");
  expect([terminal.code, json.code, terminal.stderr, json.stderr]).toEqual([0, 0, "", ""]);
  const { agents } = JSON.parse(json.stdout) as { readonly agents: readonly { readonly name: string }[] };
  expect(agents.map(({ name }) => name)).toEqual(NAMES);
  expect([...terminal.stdout.matchAll(/^([a-z-]+)(?: \(suspended\))? +[a-z-]+@/gm)].map(([, name]) => name)).toEqual(
    NAMES,
  );
  const { components } = JSON.parse(readFileSync(at("bom.json"), "utf8")) as { components: { name: string }[] };
  expect(components.slice(0, NAMES.length).map(({ name }) => name)).toEqual(NAMES);
  const lines = readFileSync(at("inventory.csv"), "utf8").trimEnd().split("\r\n");
  expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(NAMES);
});

test("prints everything about one agent", async () => {
  const { code, stdout } = await inventory("press-writer");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^press-writer \(suspended\): Drafts press releases/);
  expect(stdout).toContain("declared at: fleet/agents/press-writer.ts:");
  expect(stdout).toContain("drafts (confidential): write");
});

describe("INVENTORY.md", () => {
  const file = at("INVENTORY.md");
  beforeAll(() => inventory("--markdown", file, "--html", at("inventory.html")));

  test("is accepted where it is what the folder gives, and written anew where it is not", async () => {
    expect(await inventory("--check", file)).toEqual({
      code: 0,
      stdout: `${file} is the inventory of the folder\n`,
      stderr: "",
    });
    expect(readFileSync(at("inventory.html"), "utf8")).toContain('id="agent-press-writer"');
  });

  test("of the example is committed, and is what the example gives", async () => {
    expect(await inventory("--check", join(__dirname, "../../fleet/INVENTORY.md"))).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test("fails when it differs, with what differs", async () => {
    const text = readFileSync(file, "utf8").replace(
      "`support-platform@acme.example` | 2027",
      "`other@acme.example` | 2027",
    );
    folder.put("stale.md", text);
    const { code, stdout, stderr } = await inventory("--check", at("stale.md"));
    expect([
      code,
      stdout.match(/^- .*other@acme/gm)?.length,
      stdout.match(/^\+ .*support-platform@acme/gm)?.length,
    ]).toEqual([1, 1, 1]);
    expect(stderr).toBe(
      `ambit: ${at("stale.md")} is not the inventory of the folder: write it anew with --markdown ${at("stale.md")}, and commit it\n`,
    );
  });

  test("fails when it is not there", async () => {
    const { code, stderr } = await inventory("--check", at("missing.md"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/missing\.md cannot be read: ENOENT.*: write it with --markdown /);
  });

  test("fails when it is stale and shows no character that a terminal acts on", async () => {
    folder.put("hostile.md", "\u001b[2J");
    const { code, stdout } = await inventory("--check", at("hostile.md"));
    expect([code, stdout.includes("\u001b")]).toEqual([1, false]);
    expect(stdout).toContain("\\u{1b}[2J");
  });
});

test("states are those of the day that --on names", async () => {
  const states = async (...args: readonly string[]) =>
    (JSON.parse((await inventory("--json", ...args)).stdout) as { agents: { state: string }[] }).agents.map(
      ({ state }) => state,
    );
  expect(new Set(await states())).toEqual(new Set(["active", "suspended"]));
  expect(new Set(await states("--on", "2028-01-01"))).toEqual(new Set(["expired"]));
});

test.each([
  [["suport-triage"], 'no agent is named "suport-triage": did you mean support-triage, press-writer, web-reader?'],
  [["support-triage", "--json"], "--json prints the whole fleet: leave out support-triage, or --json"],
  [
    ["--on", "2027-02-30"],
    '--on must be an existing day as YYYY-MM-DD, got "2027-02-30": write a date such as "2027-06-30"',
  ],
])("fails when called with %j", async (args, message) => {
  expect(await inventory(...args)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
});

test("fails when the folder is none, or was written by no synth", async () => {
  const of = (path: string) => called([inventoryCommand], "inventory", "--dir", path);
  const missing = await of(at("missing"));
  expect([missing.code, missing.stdout]).toEqual([1, ""]);
  expect(missing.stderr).toMatch(/missing: cannot be listed \(ENOENT\): name a readable folder\n$/);
  folder.put("plain/main.tf.json", "{}");
  expect(await of(at("plain"))).toEqual({
    code: 1,
    stdout: "",
    stderr: "ambit: ambit/registry.json: is not there: run synth, or name the folder that it wrote\n",
  });
});

test("fails when a file cannot be written: exit code 1", async () => {
  const { code, stderr } = await inventory("--csv", at("nowhere/inventory.csv"));
  expect(code).toBe(1);
  expect(stderr).toMatch(/nowhere\/inventory\.csv cannot be written: ENOENT/);
});
