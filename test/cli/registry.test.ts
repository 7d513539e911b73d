import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { registryCommand } from "../../cli/registry";
import type { FleetDocument } from "../../runtime/registry/fleet-view";
import { manifestOf, readRegistryFile, registryFile } from "../../runtime/registry/signed-registry";
import { keyFile, temporaryFolder } from "../support/bundles";
import { called } from "../support/cli";
import { exampleDocument } from "../support/exchange/example-fleet";
import { otherDomainDocument, SCOPE, signedExample, suspendedDocument } from "../support/exchange/signed-example";

const folder = temporaryFolder("cli-registry");
const key = keyFile(folder, "key");
const other = keyFile(folder, "other");
let count = 0;
let place: string;
let out: string;

/** A fresh folder with what synth wrote */
beforeEach(() => {
  place = join(folder, `${count++}`);
  out = join(place, "registry.signed");
  synthesized();
});

function synthesized({ registry, policy }: FleetDocument = exampleDocument): void {
  const ambit = join(place, "cdktf.out", "ambit");
  mkdirSync(ambit, { recursive: true });
  writeFileSync(join(ambit, "registry.json"), `${JSON.stringify(registry, null, 2)}\n`);
  writeFileSync(join(ambit, "policy.json"), JSON.stringify(policy));
}

const ambit = (...args: readonly string[]) => called([registryCommand], "registry", ...args);
const signing = (...args: readonly string[]) =>
  ambit("sign", join(place, "cdktf.out"), "--key-file", key.path, "--out", out, ...args);
const verifying = (...args: readonly string[]) => ambit("verify", out, "--public-key", key.publicPath, ...args);
const revision = (publicKey = key.publicKey): number =>
  manifestOf(readRegistryFile(readFileSync(out)).token, { publicKeys: [publicKey], scope: SCOPE }).revision;
const MEASURED = { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), bytes: expect.any(Number) };

describe("ambit registry sign", () => {
  test("counts 1, 2, 3, and says from where to where", async () => {
    expect(await signing("--key-id", "k")).toEqual({ code: 0, stderr: "", stdout: expect.any(String) });
    expect(revision()).toBe(1);
    synthesized(suspendedDocument);
    const second = await signing("--key-id", "k");
    expect(second.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["revision", "1 -> 2"],
      ["key", "k"],
      ["registry", expect.stringMatching(/^sha256:[0-9a-f]{64}, 9 agents of prod\.acme\.example$/)],
      ["signed", expect.stringMatching(/^sha256:[0-9a-f]{64}, \d+ bytes$/)],
      ["published", out],
      [""],
    ]);
    synthesized();
    expect((await signing()).code).toBe(0);
    expect(revision()).toBe(3);
    expect(readdirSync(place).sort()).toEqual(["cdktf.out", "registry.signed"]);
  });

  test("says the same as JSON", async () => {
    const { stdout, code } = await signing("--json", "--key-id", "k");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      result: "published",
      target: out,
      from: 0,
      trustDomain: "prod.acme.example",
      agents: 9,
      unsigned: MEASURED,
      revision: 1,
      keyId: "k",
      signed: { ...MEASURED, bytes: readFileSync(out).length },
    });
  });

  test("leaves an unchanged registry with its revision, unless told to sign again", async () => {
    await signing();
    const before = readFileSync(out);
    expect((await signing()).stdout).toContain("unchanged, 1 stays");
    expect(readFileSync(out).equals(before)).toBe(true);
    expect((await signing("--resign")).code).toBe(0);
    expect(revision()).toBe(2);
  });

  test("signs again under another key's name", async () => {
    await signing("--key-id", "k");
    expect(JSON.parse((await signing("--key-id", "l", "--json")).stdout)).toMatchObject({ revision: 2, keyId: "l" });
  });

  test("counts on from another file where the place is empty", async () => {
    const last = join(place, "last.signed");
    writeFileSync(last, registryFile(await signedExample(key.signer, 41)));
    expect((await signing("--last", last)).stdout).toContain("41 -> 42");
    expect(await signing("--last", last)).toEqual({
      code: 1,
      stdout: "",
      stderr: `ambit: --last is for a place where there is no registry yet, but there is one: ${out}\n`,
    });
  });

  test("fails where an older one was put back, and leaves it alone", async () => {
    await signing();
    const older = readFileSync(out);
    await signing("--resign");
    writeFileSync(out, older);
    expect(await signing("--after", "2", "--resign")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        `ambit: ${out} must hold a registry of revision 2 or later, but the one there has revision 1: an older one was ` +
        "put back: put the newest version back, or name a copy of it with --last if the place is empty\n",
    });
    expect(readFileSync(out).equals(older)).toBe(true);
  });

  test("fails where none is there after one was deployed", async () => {
    const { code, stderr } = await signing("--after", "1");
    expect([code, stderr]).toEqual([1, expect.stringContaining("revision 1 or later, but no registry is there: ")]);
    expect(existsSync(out)).toBe(false);
  });

  test("changes the key where the last one is named", async () => {
    await signing();
    const rotated = ["sign", join(place, "cdktf.out"), "--key-file", other.path, "--out", out] as const;
    expect(await ambit(...rotated)).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be trusted") });
    expect(await ambit(...rotated, "--last-public-key", key.publicPath)).toMatchObject({ code: 0 });
    expect(revision(other.publicKey)).toBe(2);
  });

  test("fails when the registry there is of another platform, and leaves it alone", async () => {
    await signing();
    const before = readFileSync(out);
    synthesized(otherDomainDocument);
    for (const more of [[], ["--resign"]]) {
      expect(await signing(...more)).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "ambit: the registry there is of trust domain prod.acme.example, the one to sign of test.acme.example: " +
          "name the place of this platform's registry\n",
      });
    }
    expect(readFileSync(out).equals(before)).toBe(true);
  });

  test.each<[string, (sound: Buffer) => Buffer, string]>([
    ["half of one", (sound) => sound.subarray(0, 800), "the packed registry is not what was signed: sha256:"],
    ["something else", () => Buffer.from("hello\nworld"), "the signature must be a JWT in compact form"],
    ["nothing", () => Buffer.of(), "a signed registry must begin with its signature in one line: sign it again"],
  ])("fails when %s is there, and leaves it alone", async (_, damage, reason) => {
    await signing();
    const damaged = damage(readFileSync(out));
    writeFileSync(out, damaged);
    const { code, stdout, stderr } = await signing("--resign");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`ambit: ${out} cannot be trusted, and was left alone: ${reason}`);
    expect(stderr).toMatch(
      /: put the last sound version back, or name the key that signed it with --last-public-key\n$/,
    );
    expect(readFileSync(out).equals(damaged)).toBe(true);
  });

  const written = (name: string) => join(place, "cdktf.out", "ambit", name);
  test.each<[string, () => void, string]>([
    ["synth did not run", () => (place = join(place, "nowhere")), "registry.json: run synth first, or name the folder"],
    ["the registry is no JSON", () => writeFileSync(written("registry.json"), "{"), "registry.json must be JSON: "],
    [
      "the policy is none",
      () => writeFileSync(written("policy.json"), "[]"),
      "policy must be an object: synthesize again",
    ],
    [
      "the documents are of two fleets",
      () => cpSync(written("policy.json"), written("registry.json")),
      'registry.version: invalid option: expected one of "ambit.registry/1"|"ambit.registry/2": synthesize again',
    ],
  ])("fails when %s, and signs nothing", async (_, damage, message) => {
    damage();
    const { code, stdout, stderr } = await signing();
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 1, stdout: "", lines: 1 });
    expect(stderr).toMatch(/^ambit: /);
    expect(stderr).toContain(message);
    expect(existsSync(out)).toBe(false);
  });

  const EITHER_PLACE = "name either --table or --out";
  test.each<[readonly string[], string]>([
    [["--out", "o"], "name either --kms-key or --key-file"],
    [["--kms-key", "a", "--key-file", "b", "--out", "o"], "name either --kms-key or --key-file"],
    [["--key-file", "b"], EITHER_PLACE],
    [["--key-file", "b", "--table", "c", "--out", "o"], EITHER_PLACE],
    [["--key-file", "b", "--out", "o", "--scope", " "], '--scope must name a scope, such as deploy, got ""'],
    [["--key-file", "b", "--out", "o", "--after", "-1"], '--after must be a whole number from 0 on, got "-1"'],
  ])("is called wrongly with %j", async (args, message) => {
    expect(await ambit("sign", ...args)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
  });
});

describe("ambit registry verify", () => {
  beforeEach(() => signing("--key-id", "k"));

  test("says what a sound registry is", async () => {
    const { code, stdout, stderr } = await verifying();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^revision {3}1\nkey {8}k\nsigned at {2}2\d{3}-\S+Z\nregistry {3}sha256:[0-9a-f]{64}, 9 agents of prod\.acme\.example\n$/,
    );
    expect(JSON.parse((await verifying("--json")).stdout)).toEqual({
      revision: 1,
      keyId: "k",
      issuedAt: expect.any(Number),
      scope: "deploy",
      trustDomain: "prod.acme.example",
      agents: 9,
      unsigned: MEASURED,
      signed: { ...MEASURED, bytes: readFileSync(out).length },
    });
  });

  test("keeps a copy", async () => {
    const copy = join(place, "copy.signed");
    expect((await verifying("--save", copy)).code).toBe(0);
    expect(readFileSync(copy).equals(readFileSync(out))).toBe(true);
  });

  test("fails on another key, and keeps no copy", async () => {
    const copy = join(place, "copy.signed");
    expect(await ambit("verify", out, "--public-key", other.publicPath, "--save", copy)).toEqual({
      code: 1,
      stdout: "",
      stderr: 'ambit: the signature, by key "k", is not of this public key\n',
    });
    expect(existsSync(copy)).toBe(false);
  });

  test.each<[string, () => unknown, readonly string[], string]>([
    ["another scope", () => undefined, ["--scope", "read"], 'of scope "read", got {"iss":"ambit","scope":"deploy"}'],
    ["no registry", () => (out = `${out}x`), [], "there is no registry at "],
    ["one cut off", () => writeFileSync(out, readFileSync(out).subarray(0, -9)), [], "is not what was signed"],
  ])("fails on %s", async (_, damage, args, message) => {
    damage();
    const { code, stdout, stderr } = await verifying(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^ambit: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });

  test("is called wrongly without a place, or with two", async () => {
    const wrong = { code: 64, stdout: "", stderr: "ambit: name either a file or --table\n" };
    expect(await ambit("verify", "--public-key", key.publicPath)).toEqual(wrong);
    expect(await verifying("--table", "t")).toEqual(wrong);
  });
});
