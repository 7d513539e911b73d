import { readFileSync } from "node:fs";
import { join } from "node:path";
import { coverageCommand } from "../../cli/coverage";
import { called, scratch } from "../support/cli";
import { synthesize } from "../support/example-app";
import { filesOf } from "../support/review/folders";

const folder = scratch("coverage");
for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(`cdktf.out/${file}`, content);
const fleet = join(folder.path, "cdktf.out");
const now = () => new Date("2026-12-01T23:30:00Z");
const coverage = (...args: readonly string[]) => called([(io) => coverageCommand(io, now)], "coverage", ...args);
const refused = (code: number, stderr: string) => ({ code, stdout: "", stderr: `ambit: ${stderr}\n` });

test("a terminal shows each level of today's output, with what is yours", async () => {
  const { code, stdout, stderr } = await coverage("--dir", fleet);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Coverage of prod\.acme\.example on 2026-12-01, 9 agents\n/);
  expect(stdout).toMatch(/^ {2}provides {5}ASI02 Tool Misuse & Exploitation: the scope of actions$/m);
  expect(stdout).toMatch(/^ {2}yours to do {2}L1 Foundation Models$/m);
  expect(stdout).toMatch(/^ {2}AMBIT-IAM-ACTION-WILDCARD: nothing refused, looked at \d+$/m);
});

test("files and JSON are of the same coverage", async () => {
  const [markdown, html, oscal] = ["c.md", "c.html", "c.json"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  const { code, stdout } = await coverage(
    "--dir",
    fleet,
    "--json",
    "--markdown",
    markdown,
    "--html",
    html,
    "--oscal",
    oscal,
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: "ambit.coverage/1", day: "2026-12-01" });
  expect(readFileSync(markdown, "utf8")).toMatch(/^# Coverage of `prod\.acme\.example`\n/);
  expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>\n/);
  expect(JSON.parse(readFileSync(oscal, "utf8"))).toHaveProperty("component-definition.metadata.version");
});

test("another day ends what ends on it", async () => {
  const { stdout } = await coverage("--dir", fleet, "--on", "2027-06-30", "--json");
  const { safeguards } = JSON.parse(stdout);
  const inventory = safeguards.find(({ id }: { id: string }) => id === "C14");
  expect(Object.keys(inventory.holds)).toEqual(["build-watcher", "release-scribe"]);
});

test.each(["2027-02-30", "tomorrow", "2027-1-1"])("fails for the day %s", async (day) => {
  expect(await coverage("--dir", fleet, "--on", day)).toEqual(
    refused(64, `option '--on <day>' argument '${day}' is invalid. write a day as 2027-01-31`),
  );
});

test("fails for a folder that is not there", async () => {
  expect(await coverage("--dir", "nowhere")).toEqual(
    refused(1, "nowhere must be a folder that synth wrote: run synth first, or name another"),
  );
});

test("fails for a folder that synth did not write", async () => {
  folder.put("foreign/main.tf.json", "{}");
  expect(await coverage("--dir", join(folder.path, "foreign"))).toEqual(
    refused(1, "ambit/registry.json: is not there: name the whole folder that synth wrote"),
  );
});

test("fails for an option that it does not know", async () => {
  expect((await coverage("--badge")).code).toBe(64);
});
