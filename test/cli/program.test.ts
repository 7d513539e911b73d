import { readFileSync, existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { progress } from "../../cli/progress";
import { CliError, type Io, run, UsageError } from "../../cli/program";

const ROOT = resolve(__dirname, "../..");

async function called(act: (io: Io) => void, ...args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  const io = { out: (text: string) => void (stdout += text), err: (text: string) => void (stderr += text) };
  const command = (given: Io): Command => new Command("act").description("acts").action(() => act(given));
  const code = await run([command], args, io);
  return { code, stdout, stderr };
}

test("a command that is done exits with 0 and writes where it is told", async () => {
  const result = await called((io) => io.out("done\n"), "act");
  expect(result).toEqual({ code: 0, stdout: "done\n", stderr: "" });
});

test.each([
  [new CliError("no \u001b[2J\u009b such"), "ambit: no \\u{1b}[2J\\u{9b} such\n"],
  ["thrown \u001b[2J", "ambit: thrown \\u{1b}[2J\n"],
])("an error writes out what would move the cursor", async (error, stderr) => {
  const act = (): never => {
    throw error;
  };
  expect(await called(act, "act")).toEqual({ code: 1, stdout: "", stderr });
});

test("of a stack the lines are kept, and nothing else", async () => {
  const { stderr } = await called(() => {
    throw new Error("broken \u001b[2J");
  }, "act");
  expect(stderr).toMatch(/^ambit: Error: broken \\u\{1b\}\[2J\n {4}at /);
  expect(stderr).not.toContain("\u001b");
});

test.each([["--help"], ["help"], ["help", "act"], ["act", "-h"]])("help is asked for by %s", async (...args) => {
  const { code, stdout, stderr } = await called(() => undefined, ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Usage: ambit /);
});

test("says its version, which is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(await called(() => undefined, "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("without a command, help comes on standard error", async () => {
  const { code, stdout, stderr } = await called(() => undefined);
  expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
  expect(stderr).toMatch(/^Usage: ambit [^]*Exit codes: 0 done, 1 refused or failed, 64 usage error\.\n$/);
});

test.each([
  [["sact"], "unknown command 'sact' (Did you mean act?)"],
  [["--json"], "unknown option '--json'"],
  [["act", "--json"], "unknown option '--json'"],
])("is called wrongly with %j", async (args, message) => {
  expect(await called(() => undefined, ...args)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
});

const failing = (error: unknown) => () => {
  throw error;
};

test.each<[string, unknown, number, string]>([
  ["a refusal", new CliError("a must be b:\n  got c"), 1, "a must be b: got c"],
  ["a wrong call", new UsageError("name a or b"), 64, "name a or b"],
  ["a file that is not there", Object.assign(new Error("ENOENT: x"), { syscall: "open" }), 1, "ENOENT: x"],
  ["something thrown that is no error", "oh", 1, "oh"],
])("%s is told in one line", async (_, error, code, message) => {
  expect(await called(failing(error), "act")).toEqual({ code, stdout: "", stderr: `ambit: ${message}\n` });
});

test("a fault of ambit's own is told with its stack", async () => {
  const { code, stderr } = await called(failing(new TypeError("x is not a function")), "act");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ambit: TypeError: x is not a function\n {4}at /);
});

describe("progress", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test("is silent for two seconds, then said every five, and ends with the work", async () => {
    const said: string[] = [];
    const io = { out: () => undefined, err: (text: string) => void said.push(text) };
    const work = progress(io, "reading", new Promise<number>((done) => setTimeout(() => done(7), 8_000)));
    await jest.advanceTimersByTimeAsync(1_999);
    expect(said).toEqual([]);
    await jest.advanceTimersByTimeAsync(5_501);
    expect(said).toEqual(["ambit: reading … 2 s\n", "ambit: reading … 7 s\n"]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await work).toBe(7);
    expect(said).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("ends where the work fails", async () => {
    const io = { out: () => undefined, err: () => undefined };
    await expect(progress(io, "reading", Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(jest.getTimerCount()).toBe(0);
  });
});

/** What is loaded before a command is known: everything but types and what is imported when it is needed */
function loaded(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(join(ROOT, path), "utf8");
  for (const [, specifier = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gms)) {
    const file = `${join(dirname(path), specifier)}.ts`;
    if (!specifier.startsWith(".")) seen.add(specifier);
    else loaded(existsSync(join(ROOT, file)) ? file : join(dirname(path), specifier, "index.ts"), seen);
  }
  return seen;
}

test("ambit loads neither cdktf nor the AWS SDK before a command needs it", () => {
  const commands = [...readFileSync(join(ROOT, "cli/ambit.ts"), "utf8").matchAll(/import\("\.\/([a-z-]+)"\)/g)];
  expect(commands.length).toBeGreaterThan(8);
  const files = new Set(
    ["ambit", ...commands.map(([, name]) => name)].flatMap((name) => [...loaded(`cli/${name}.ts`)]),
  );
  const packages = [...files].filter((name) => !name.endsWith(".ts") && !name.startsWith("node:"));
  expect(packages).toEqual(["commander", "fastest-levenshtein"]);
  expect([...files]).toContain("policies/signature.ts");
  expect([...loaded("runtime/signer/kms-signer.ts")]).toContain("@aws-sdk/client-kms");
});

test("ambit loads the command that is named, and no other", () => {
  const own = [...loaded("cli/ambit.ts")].filter((name) => name.startsWith("cli/"));
  expect(own).toEqual(["cli/ambit.ts", "cli/program.ts", "cli/terminal.ts", "cli/version.ts"]);
});
