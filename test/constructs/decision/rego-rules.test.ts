import { App } from "cdktf";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Fleet } from "../../../constructs";
import { OpaSidecar } from "../../../constructs/decision";
import { untarGz } from "../../../policies/bundle";
import { synthesized } from "../../support/app";
import { newStack } from "../../support/synth";

/**
 * Stands for OPA, which `npm test` does not need: it answers as OPA 1.22 does, and keeps what it was asked. The rules'
 * real compiler is asked by `npm run e2e -- decisions`.
 */
let folder: string;
let rules: string;
const before = process.env.AMBIT_OPA;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ambit-rules-test-"));
  rules = join(folder, "rules");
  mkdirSync(rules);
  opaSays([]);
});
afterEach(() => {
  if (before === undefined) delete process.env.AMBIT_OPA;
  else process.env.AMBIT_OPA = before;
  rmSync(folder, { recursive: true });
});

const CAPABILITIES = {
  builtins: [
    { name: "startswith" },
    { name: "http.send", nondeterministic: true },
    { name: "time.now_ns", nondeterministic: true },
  ],
  features: ["rego_v1"],
};

function opaSays(errors: readonly object[], { capabilities = 0 } = {}): void {
  const program = join(folder, "opa");
  writeFileSync(join(folder, "capabilities.json"), JSON.stringify(CAPABILITIES));
  writeFileSync(join(folder, "errors.json"), JSON.stringify({ errors }));
  writeFileSync(
    program,
    [
      "#!/bin/sh",
      `here=${folder}`,
      'if [ "$1" = capabilities ]; then',
      `  if [ ${capabilities} != 0 ]; then echo "unknown command" >&2; exit ${capabilities}; fi`,
      '  cat "$here/capabilities.json"; exit 0',
      "fi",
      'for arg in "$@"; do',
      '  echo "$arg" >> "$here/asked"',
      '  case "$arg" in --capabilities=*) cp "${arg#--capabilities=}" "$here/allowed.json";; esac',
      "done",
      `if [ ${errors.length} = 0 ]; then echo {}; exit 0; fi`,
      'cat "$here/errors.json" >&2; exit 1',
    ].join("\n"),
  );
  chmodSync(program, 0o755);
  process.env.AMBIT_OPA = program;
}

const write = (name: string, text: string): void => writeFileSync(join(rules, name), text);
const place = (name: string, line: number) => `${relative(process.cwd(), join(rules, name))}:${line}`;
const engine = (folder = rules) => {
  const stack = newStack();
  return { stack, opa: new OpaSidecar(stack, "Opa", { fleet: Fleet.of(), rules: folder }) };
};

const RULE = 'package ambit.custom\n\ndeny contains "custom.weekend" if input.task == "payout"\n';

test("rules of the platform's own are compiled strictly, with Ambit's own, before they are bundled", () => {
  write("weekend.rego", `# No payouts at the weekend\n${RULE}`);
  write("weekend_test.rego", "package ambit.custom_test\n");
  const app = App.of(engine().stack) as App;
  const bundled = synthesized(app, (outdir) => untarGz(readFileSync(join(outdir, "ambit", "bundle.tar.gz"))));
  const asked = readFileSync(join(folder, "asked"), "utf8").trimEnd().split("\n");
  expect(asked.slice(0, 3)).toEqual(["check", "--strict", "--format=json"]);
  const files = asked.slice(4).map((path) => path.split("/").at(-1));
  expect(files).toEqual(expect.arrayContaining(["decision.rego", "weekend.rego"]));
  expect(files.filter((file) => /authz|_test/.test(file ?? ""))).toEqual([]);
  expect([...bundled.keys()].filter((name) => name.startsWith("custom/"))).toEqual(["custom/weekend.rego"]);
});

test("a rule can use no network, no clock and no randomness", () => {
  write("weekend.rego", RULE);
  engine();
  expect(JSON.parse(readFileSync(join(folder, "allowed.json"), "utf8"))).toEqual({
    builtins: [{ name: "startswith" }],
    features: ["rego_v1"],
  });
});

test("without rules OPA is not needed", () => {
  process.env.AMBIT_OPA = join(folder, "nowhere");
  expect(() => new OpaSidecar(newStack(), "Opa", { fleet: Fleet.of() })).not.toThrow();
});

test("fails when rules do not compile, with OPA's file, line and text", () => {
  write("weekend.rego", RULE);
  opaSays([
    {
      message: "var day is unsafe",
      code: "rego_unsafe_var_error",
      location: { file: join(rules, "weekend.rego"), row: 3 },
    },
    { message: "undefined function http.send", location: { file: join(rules, "weekend.rego"), row: 4 } },
    { message: "something\n  else" },
  ]);
  expect(engine).toThrow(
    `[test/Opa]: rules must compile: ${place("weekend.rego", 3)}: var day is unsafe; ` +
      `${place("weekend.rego", 4)}: undefined function http.send; something; else`,
  );
});

test("fails when OPA fails in another way", () => {
  write("weekend.rego", RULE);
  opaSays([], { capabilities: 2 });
  expect(engine).toThrow("[test/Opa]: rules cannot be compiled: unknown command");
});

test("fails when there is no OPA to compile them", () => {
  write("weekend.rego", RULE);
  process.env.AMBIT_OPA = join(folder, "nowhere");
  expect(engine).toThrow(
    `[test/Opa]: rules are compiled by OPA, and "${join(folder, "nowhere")}" cannot be run (spawnSync ${join(folder, "nowhere")} ENOENT): install OPA, or write its path into AMBIT_OPA`,
  );
});

const MUST = 'must begin with "package ambit.custom", got';
test.each([
  ["answers for Ambit's own rules", "# Mine\n\npackage ambit.decision\n", 3, "package ambit.decision"],
  ["only looks like the package", "package ambit.customs\n", 1, "package ambit.customs"],
  ["masks nothing in the log", "package system.log\n", 1, "package system.log"],
  ["begins with a rule", 'deny contains "custom.x"\npackage ambit.custom\n', 1, 'deny contains "custom.x"'],
  ["is of a package below, which is never read", "package ambit.custom.night\n", 1, "package ambit.custom.night"],
  ["says two things in a line", "package ambit.custom; deny := 1\n", 1, "package ambit.custom; deny := 1"],
  ["is empty", "", 1, ""],
])("fails when a file %s", (_when, text, line, got) => {
  write("mine.rego", text);
  expect(engine).toThrow(
    `[test/Opa]: rules: ${place("mine.rego", line)} ${MUST} ${JSON.stringify(got)}: rules of your own can only refuse`,
  );
});

test("fails when the folder holds no rules, or is none", () => {
  write("weekend_test.rego", RULE);
  write("README.md", "No rules yet");
  const message = (path: string) => `[test/Opa]: rules must name a folder with .rego files, got "${path}"`;
  expect(engine).toThrow(message(rules));
  expect(() => engine(join(folder, "nowhere"))).toThrow(message(join(folder, "nowhere")));
  expect(() => engine(join(folder, "opa"))).toThrow(message(join(folder, "opa")));
});

test("fails when a rule lies in a subfolder, which is not shipped", () => {
  write("weekend.rego", RULE);
  mkdirSync(join(rules, "more"));
  write("more/night.rego", RULE);
  expect(engine).toThrow(
    `[test/Opa]: rules must lie in the folder itself, got "${join(rules, "more", "night.rego")}": rules in subfolders are not shipped`,
  );
});

test("fails when a file's name could not be bundled", () => {
  write("week end.rego", RULE);
  expect(() => synthesized(App.of(engine().stack) as App, () => undefined)).toThrow(
    "[test/Opa]: a policy file must be named of letters, digits",
  );
});
