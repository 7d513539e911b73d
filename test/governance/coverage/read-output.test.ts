import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { readOutput } from "../../../governance/coverage/read-output";
import { DAY, exampleOutput } from "../../support/coverage/example-output";
import { synthesize } from "../../support/example-app";
import { filesOf, type Files, inFolder } from "../../support/review/folders";

const EXAMPLE = filesOf(synthesize());

function reading(files: Files, change: (folder: string) => void = () => {}): () => unknown {
  return () =>
    inFolder(files, (folder) => {
      change(folder);
      return readOutput(folder, DAY);
    });
}

const put =
  (path: string, text: string) =>
  (folder: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
const without = (path: string): Files => Object.fromEntries(Object.entries(EXAMPLE).filter(([file]) => file !== path));
const json = (path: string, edit: (value: Record<string, never>) => void): Files => {
  const value = JSON.parse(String(EXAMPLE[path])) as Record<string, never>;
  edit(value);
  return { ...EXAMPLE, [path]: JSON.stringify(value) };
};

test("a folder that synth wrote is read as it is", () => {
  const output = inFolder(EXAMPLE, (folder) => readOutput(folder, DAY));
  const rules = [] as const;
  expect(coverageOf(output, { rules })).toEqual(coverageOf(exampleOutput(), { rules }));
});

test("code that functions run lies in assets, and is no configuration", () => {
  expect(reading(EXAMPLE, put("stacks/starters/assets/code/index.js", "0"))).not.toThrow();
});

test.each([
  ["an empty folder", {}, "ambit/registry.json: is not there: name the whole folder that synth wrote"],
  [
    "Terraform of others",
    { "main.tf.json": '{"resource":{}}' },
    "ambit/registry.json: is not there: name the whole folder that synth wrote",
  ],
  [
    "a folder without its policy document",
    without("ambit/policy.json"),
    "ambit/policy.json: is not there: name the whole folder that synth wrote",
  ],
  [
    "a folder without its manifest",
    without("manifest.json"),
    "manifest.json: is not there: name the whole folder that synth wrote",
  ],
  [
    "a folder in which a stack is missing",
    without("stacks/control/cdk.tf.json"),
    'manifest.json: stacks.control.synthesizedStackPath: "stacks/control/cdk.tf.json" is not in the folder: run synth again',
  ],
  [
    "a registry of another kind",
    { ...EXAMPLE, "ambit/registry.json": "{}" },
    /^ambit\/registry\.json: version: .*: synthesize again$/,
  ],
  [
    "a registry with a key that is not known",
    json("ambit/registry.json", (registry) => Object.assign(registry, { more: 1 })),
    "ambit/registry.json: more: no such key is known: review with a newer version, or leave it out",
  ],
  [
    "half a file",
    { ...EXAMPLE, "stacks/agents/cdk.tf.json": String(EXAMPLE["stacks/agents/cdk.tf.json"]).slice(0, 5_000) },
    /^stacks\/agents\/cdk\.tf\.json: must be JSON: /,
  ],
  [
    "a key that is written twice",
    { ...EXAMPLE, "stacks/trust/cdk.tf.json": '{"resource":{},"resource":{}}' },
    "stacks/trust/cdk.tf.json: resource: is written twice: keep one of them",
  ],
  [
    "a policy document of another trust domain",
    json("ambit/policy.json", (policy) => Object.assign(policy, { trustDomain: "test.acme.example" })),
    "ambit/policy.json: trustDomain: must be that of ambit/registry.json: run synth again",
  ],
  [
    "a policy document with an agent of another synth",
    json("ambit/policy.json", ({ agents }) => Object.assign(agents, { "spiffe://prod.acme.example/ns/a/sa/b": {} })),
    "ambit/policy.json: agents.spiffe://prod.acme.example/ns/a/sa/b: is no agent of ambit/registry.json: run synth again",
  ],
])("fails for %s", (_, files, message) => {
  expect(reading(files as Files)).toThrow(message);
});

test.each([
  ["overrides", "stacks/control/more_override.tf.json", "{}", /override files change what other files say/],
  ["Terraform's own syntax", "stacks/control/more.tf", "", /Terraform's own syntax and OpenTofu's files are not read/],
  ["variables", "stacks/control/terraform.tfvars", "", /files of variables are not read/],
  [
    "a stack that the manifest does not name",
    "stacks/more/cdk.tf.json",
    "{}",
    /it belongs to no stack of the manifest/,
  ],
])("fails for %s beside a stack, which could undo what is counted", (_, path, text, message) => {
  expect(reading(EXAMPLE, put(path, text))).toThrow(message);
});

test("fails for a link that leads out of the folder", () => {
  const link = (folder: string): void => {
    unlinkSync(join(folder, "ambit/policy.json"));
    symlinkSync("/etc/hostname", join(folder, "ambit/policy.json"));
  };
  expect(reading(EXAMPLE, link)).toThrow("ambit/policy.json: is a symbolic link: copy what it names");
});
