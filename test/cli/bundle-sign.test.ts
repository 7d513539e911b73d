import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCommand } from "../../cli/bundle";
import { structured, tarGz, untarGz } from "../../policies/bundle";
import { REVISION_DATA, signBundle, verifyBundle } from "../../policies/signature";
import { keyFile, synthesizedBundle, temporaryFolder, unsignedBundle } from "../support/bundles";
import { called } from "../support/cli";

const folder = temporaryFolder("cli-bundle");
const key = keyFile(folder, "key");
const other = keyFile(folder, "other");
let count = 0;
let place: string;
let out: string;

/** A fresh folder with what synth wrote */
beforeEach(() => {
  place = join(folder, `${count++}`);
  out = join(place, "signed.tar.gz");
  synthesized();
});

const synthesized = (fleet?: unknown): void => synthesizedBundle(place, fleet);
const ambit = (...args: readonly string[]) => called([bundleCommand], "bundle", ...args);
const signing = (...args: readonly string[]) =>
  ambit("sign", join(place, "cdktf.out"), "--key-file", key.path, "--out", out, ...args);
const revision = (): number =>
  verifyBundle(untarGz(readFileSync(out)), { publicKey: key.publicKey, scope: "deploy" }).revision;

describe("ambit bundle sign", () => {
  test("counts 1, 2, 3, and says from where to where", async () => {
    expect(await signing("--key-id", "k")).toEqual({ code: 0, stderr: "", stdout: expect.any(String) });
    expect(revision()).toBe(1);
    synthesized({ agents: { a: 1 } });
    const second = await signing("--key-id", "k");
    expect(second.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["revision", "1 -> 2"],
      ["key", "k"],
      ["unsigned", expect.stringMatching(/^sha256:[0-9a-f]{64}, \d+ bytes, 3 files$/)],
      ["signed", expect.stringMatching(/^sha256:[0-9a-f]{64}, \d+ bytes$/)],
      ["published", out],
      [""],
    ]);
    synthesized({ agents: {} });
    expect((await signing()).code).toBe(0);
    expect(revision()).toBe(3);
    expect(readdirSync(place).sort()).toEqual(["cdktf.out", "signed.tar.gz"]);
  });

  test("says the same as JSON", async () => {
    const { stdout, code } = await signing("--json", "--key-id", "k");
    expect(code).toBe(0);
    const measured = { digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), bytes: expect.any(Number) };
    expect(JSON.parse(stdout)).toEqual({
      result: "published",
      target: out,
      from: 0,
      revision: 1,
      keyId: "k",
      files: 3,
      unsigned: measured,
      signed: { ...measured, bytes: readFileSync(out).length },
    });
  });

  test("leaves unchanged files with their revision, unless told to sign again", async () => {
    await signing();
    const before = readFileSync(out);
    const again = await signing();
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toContain("unchanged, 1 stays");
    expect(JSON.parse((await signing("--json")).stdout)).toMatchObject({ result: "unchanged", from: 1, revision: 1 });
    expect(readFileSync(out).equals(before)).toBe(true);
    expect((await signing("--resign")).code).toBe(0);
    expect(revision()).toBe(2);
  });

  test("goes back to old content with a new revision", async () => {
    await signing();
    const old = untarGz(readFileSync(out)).get("ambit/fleet/data.json");
    synthesized({ agents: { bad: 1 } });
    await signing();
    synthesized();
    await signing();
    expect(revision()).toBe(3);
    expect(untarGz(readFileSync(out)).get("ambit/fleet/data.json")).toEqual(old);
  });

  test("counts on from another file where the place is empty", async () => {
    const last = join(place, "last.tar.gz");
    const earlier = await signBundle(unsignedBundle(), {
      signer: key.signer,
      revision: 41,
      scope: "deploy",
      issuedAt: 1,
    });
    writeFileSync(last, tarGz(earlier));
    expect((await signing("--last", last)).stdout).toContain("41 -> 42");
    expect(revision()).toBe(42);
    expect(await signing("--last", last)).toEqual({
      code: 1,
      stdout: "",
      stderr: `ambit: --last is for a place where there is no bundle yet, but there is one: ${out}\n`,
    });
  });

  describe("after a revision that was deployed", () => {
    test("signs on, and leaves what is unchanged", async () => {
      await signing();
      expect((await signing("--after", "1")).stdout).toContain("unchanged, 1 stays");
      synthesized({ agents: { a: 1 } });
      expect((await signing("--after", "1")).stdout).toContain("1 -> 2");
      expect((await signing("--after", "0")).code).toBe(0);
    });

    test("fails where an older one was put back, changed or not, and leaves it alone", async () => {
      await signing();
      const older = readFileSync(out);
      await signing("--resign");
      writeFileSync(out, older);
      for (const args of [[], ["--resign"]]) {
        expect(await signing("--after", "2", ...args)).toEqual({
          code: 1,
          stdout: "",
          stderr:
            `ambit: ${out} must hold a bundle of revision 2 or later, but the one there has revision 1: an older one was ` +
            "put back: put the newest version back, or name a copy of it with --last if the place is empty\n",
        });
      }
      expect(readFileSync(out).equals(older)).toBe(true);
    });

    test("fails where there is none", async () => {
      const { code, stderr } = await signing("--after", "1");
      expect([code, stderr]).toEqual([1, expect.stringContaining("revision 1 or later, but no bundle is there: ")]);
      expect(existsSync(out)).toBe(false);
    });
  });

  test("signs again under another key's name", async () => {
    await signing("--key-id", "k");
    expect((await signing("--key-id", "k")).stdout).toContain("unchanged, 1 stays");
    expect(JSON.parse((await signing("--key-id", "l", "--json")).stdout)).toMatchObject({ revision: 2, keyId: "l" });
    expect((await signing("--key-id", "l")).stdout).toContain("unchanged, 2 stays");
  });

  test("fails when the last one named is not there", async () => {
    expect(await signing("--last", join(place, "x"))).toMatchObject({
      code: 1,
      stderr: `ambit: --last must name the bundle that was signed last, got ${join(place, "x")}\n`,
    });
    expect(existsSync(out)).toBe(false);
  });

  test("changes the key where the last one is named, and signs though nothing else has changed", async () => {
    await signing();
    const rotated = ["sign", join(place, "cdktf.out"), "--key-file", other.path, "--out", out] as const;
    expect(await ambit(...rotated)).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be trusted") });
    expect(await ambit(...rotated, "--last-public-key", key.publicPath)).toMatchObject({ code: 0 });
    expect(verifyBundle(untarGz(readFileSync(out)), { publicKey: other.publicKey, scope: "deploy" }).revision).toBe(2);
    const again = await ambit(...rotated, "--last-public-key", key.publicPath);
    expect(again.stdout).toContain("unchanged, 2 stays");
  });

  describe("refuses to count on, or to replace,", () => {
    const FIX = "put the last sound version back, or name the key that signed it with --last-public-key";
    const tampered = (change: (files: Map<string, Buffer>) => unknown): void => {
      const files = untarGz(readFileSync(out));
      change(files);
      writeFileSync(out, tarGz(files));
    };

    test.each<[string, () => unknown, string]>([
      [
        "a changed file",
        () => tampered((files) => files.set(REVISION_DATA, structured({ number: 1_000 }))),
        `the files are not those that were signed: "${REVISION_DATA}" was changed, added or taken away`,
      ],
      [
        "no signature",
        () => tampered((files) => files.delete(".signatures.json")),
        "the bundle is not signed: it has no .signatures.json",
      ],
      [
        "the unsigned bundle",
        () => cpSync(join(place, "cdktf.out", "ambit", "bundle.tar.gz"), out),
        "the bundle is not signed: it has no .signatures.json",
      ],
      [
        "half a bundle",
        () => writeFileSync(out, readFileSync(out).subarray(0, 300)),
        "the bundle cannot be unpacked: unexpected end of file",
      ],
      ["something else", () => writeFileSync(out, "hello"), "the bundle cannot be unpacked: incorrect header check"],
    ])("%s", async (_, damage, reason) => {
      await signing();
      damage();
      const damaged = readFileSync(out);
      expect(await signing()).toEqual({
        code: 1,
        stdout: "",
        stderr: `ambit: ${out} cannot be trusted, and was left alone: ${reason}: ${FIX}\n`,
      });
      expect(readFileSync(out).equals(damaged)).toBe(true);
    });

    test("a bundle of another scope", async () => {
      await signing("--scope", "read");
      expect(await signing()).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('the signature must be of scope "deploy", got "read"'),
      });
    });
  });

  test.each<[string, () => unknown, string]>([
    [
      "was not synthesized",
      () => (place = join(place, "nowhere")),
      "run synth first, or name the folder that it wrote",
    ],
    [
      "is signed already",
      () => cpSync(out, join(place, "cdktf.out", "ambit", "bundle.tar.gz")),
      "the bundle to sign has .signatures.json: sign the one that synth wrote",
    ],
    [
      "is no bundle",
      () => writeFileSync(join(place, "cdktf.out", "ambit", "bundle.tar.gz"), "x"),
      "the bundle cannot be unpacked: ",
    ],
  ])("fails when the bundle %s", async (_, damage, message) => {
    await signing();
    damage();
    const { code, stdout, stderr } = await signing("--resign");
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 1, stdout: "", lines: 1 });
    expect(stderr).toMatch(/^ambit: /);
    expect(stderr).toContain(message);
  });

  test("fails when the folder to write to is not there", async () => {
    const nowhere = join(place, "nowhere", "b.tar.gz");
    const { code, stderr } = await ambit("sign", join(place, "cdktf.out"), "--key-file", key.path, "--out", nowhere);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^ambit: ENOENT: .*\n$/) });
  });

  test("fails when the key file is none", async () => {
    const { code, stderr } = await ambit("sign", join(place, "cdktf.out"), "--key-file", key.publicPath, "--out", out);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^ambit: the key file must be an unencrypted private key in PEM, got [^\n]*\n$/),
    });
  });

  const EITHER_KEY = "name either --kms-key or --key-file";
  const EITHER_PLACE = "name either --bucket or --out";
  test.each<[readonly string[], string]>([
    [[], EITHER_KEY],
    [["--out", "o"], EITHER_KEY],
    [["--kms-key", "a", "--key-file", "b", "--out", "o"], EITHER_KEY],
    [["--key-file", "b"], EITHER_PLACE],
    [["--key-file", "b", "--bucket", "c", "--out", "o"], EITHER_PLACE],
    [["--key-file", "b", "--out", "o", "--object", "x"], "--object is an object of a --bucket"],
    [["--key-file", "b", "--out", "o", "--force"], "unknown option '--force'"],
    [["--key-file", "b", "--out", "o", "--scope", ""], '--scope must name a scope, such as deploy, got ""'],
    [["--key-file", "b", "--out", "o", "--after", "x"], '--after must be a whole number from 0 on, got "x"'],
    [["--key-file"], "option '--key-file <pem>' argument missing"],
    [["a", "b"], "too many arguments for 'sign'. Expected 1 argument but got 2."],
  ])("is called wrongly with %j", async (args, message) => {
    expect(await ambit("sign", ...args)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
  });
});
