import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCommand } from "../../cli/bundle";
import { keyFile, synthesizedBundle, temporaryFolder } from "../support/bundles";
import { called } from "../support/cli";

const folder = temporaryFolder("cli-bundle-verify");
const key = keyFile(folder, "key");
const other = keyFile(folder, "other");
let count = 0;
let place: string;
let out: string;

/** A fresh folder with what synth wrote */
beforeEach(() => {
  place = join(folder, `${count++}`);
  out = join(place, "signed.tar.gz");
  synthesizedBundle(place);
});

const ambit = (...args: readonly string[]) => called([bundleCommand], "bundle", ...args);
const signing = (...args: readonly string[]) =>
  ambit("sign", join(place, "cdktf.out"), "--key-file", key.path, "--out", out, ...args);
const verifying = (...args: readonly string[]) => ambit("verify", out, "--public-key", key.publicPath, ...args);

describe("ambit bundle verify", () => {
  beforeEach(() => signing("--key-id", "k"));

  test("says what a sound bundle is", async () => {
    const { code, stdout, stderr } = await verifying();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^revision {3}1\nkey {8}k\nsigned at {2}2\d{3}-\S+Z\nbundle {5}sha256:[0-9a-f]{64}, \d+ bytes, 3 files\n$/,
    );
    expect(JSON.parse((await verifying("--json")).stdout)).toMatchObject({ revision: 1, keyId: "k", scope: "deploy" });
  });

  test.each<[string, () => unknown, readonly string[], string]>([
    [
      "another key",
      () => cpSync(other.publicPath, key.publicPath),
      [],
      'the signature, by key "k", is not of this public key',
    ],
    ["another scope", () => undefined, ["--scope", "read"], 'the signature must be of scope "read", got "deploy"'],
    ["no bundle", () => (out = `${out}x`), [], "name a signed bundle"],
    [
      "a bundle cut off",
      () => writeFileSync(out, readFileSync(out).subarray(0, -9)),
      [],
      "the bundle cannot be unpacked: unexpected end of file",
    ],
  ])("fails on %s", async (_, damage, args, message) => {
    const sound = readFileSync(key.publicPath);
    damage();
    const result = await verifying(...args);
    writeFileSync(key.publicPath, sound);
    expect(result).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(/^ambit: [^\n]*\n$/) });
    expect(result.stderr).toContain(message);
  });

  test("writes out what a key's name would do to the terminal", async () => {
    await signing("--resign", "--key-id", "k\u001b[2J\u009b1m\u202e");
    const { code, stdout } = await verifying();
    expect(code).toBe(0);
    expect(stdout).toContain("\nkey        k\\u{1b}[2J\\u{9b}1m\\u{202e}\n");
    expect(JSON.parse((await verifying("--json")).stdout)).toMatchObject({ keyId: "k\u001b[2J\u009b1m\u202e" });
  });

  test("is called wrongly without a scope", async () => {
    const message = 'ambit: --scope must name a scope, such as deploy, got ""\n';
    expect(await verifying("--scope", "")).toEqual({ code: 64, stdout: "", stderr: message });
  });

  test("is called wrongly without a key", async () => {
    expect(await ambit("verify", out)).toEqual({
      code: 64,
      stdout: "",
      stderr: "ambit: required option '--public-key <pem>' not specified\n",
    });
  });
});
