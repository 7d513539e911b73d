import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { ARCHIVE_LIMITS, BUNDLE_ROOTS, bundleFiles, FLEET_DATA, MANIFEST, tarGz, untarGz } from "../../policies/bundle";
import { temporaryFolder, unsignedBundle } from "../support/bundles";
import "../support/depth";

const folder = temporaryFolder("bundle");

function customFolder(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe("the files of a bundle", () => {
  const files = bundleFiles('{"b": [true], "a": 1}');

  test("are manifest, fleet and Rego, without tests and without a revision", () => {
    const names = [...files.keys()];
    expect(files.get(MANIFEST)?.toString()).toBe('{"rego_version":1,"roots":["ambit","system/log"]}\n');
    expect(files.get(FLEET_DATA)?.toString()).toBe('{"a":1,"b":[true]}\n');
    expect(names).toContain("policy/decision.rego");
    expect(names.filter((name) => !/^policy\/[a-z][a-z-]*\.rego$/.test(name))).toEqual([MANIFEST, FLEET_DATA]);
    expect(names.filter((name) => /_test|authz|revision/.test(name))).toEqual([]);
  });

  test("define packages below the manifest's roots only", () => {
    const packages = [...files]
      .filter(([name]) => name.endsWith(".rego"))
      .map(([, text]) => /^package (\S+)$/m.exec(text.toString())?.[1]?.replaceAll(".", "/") ?? "");
    expect(packages.filter((name) => !BUNDLE_ROOTS.some((root) => `${name}/`.startsWith(`${root}/`)))).toEqual([]);
  });

  test("hold the platform's own rules, without their tests", () => {
    const own = {
      "freeze.rego": "# why\n\n  # more\npackage ambit.custom\n",
      "deep.rego": "package ambit.custom \r\n",
      "freeze_test.rego": "package anything\n",
      "README.md": "no rule",
    };
    const names = [...bundleFiles("{}", { custom: customFolder("own", own) }).keys()];
    expect(names.filter((name) => name.startsWith("custom/"))).toEqual(["custom/deep.rego", "custom/freeze.rego"]);
  });

  test.each([
    ["ambit.decision", "package ambit.decision"],
    ["ambit.customs", "package ambit.customs"],
    ["a package below, which is never read", "package ambit.custom.calendar"],
    ["another spelling", 'package ambit["custom"]'],
    ["the masks of logs", "package system.log"],
    ["a second statement in its line", "package ambit.custom; import data.x"],
  ])("fails when a rule of the platform's own is of package %s", (name, line) => {
    const custom = customFolder(`foreign-${name}`, { "a.rego": `# x\n${line}\n` });
    expect(() => bundleFiles("{}", { custom })).toThrow(
      `${custom}/a.rego must begin with "package ambit.custom", got ${JSON.stringify(line)}`,
    );
  });

  test("fails when the folder of own rules has none", () => {
    const custom = customFolder("empty", { "a_test.rego": "package ambit.custom" });
    expect(() => bundleFiles("{}", { custom })).toThrow(`custom must name a folder with .rego files, got ${custom}`);
  });

  test("fails when an own rule's file cannot be named in an archive", () => {
    const custom = customFolder("odd", { "a b.rego": "package ambit.custom" });
    expect(() => bundleFiles("{}", { custom })).toThrow(
      `a policy file must be named of letters, digits, "_" and "-", got ${custom}/a b.rego`,
    );
  });

  test.each([
    ["{", "the policy document must be JSON: "],
    ['{"a":1.5}', "a number of a structured file must be whole, got 1.5"],
    ['{"a":-0}', "a number of a structured file must be whole, got 0"],
    ['{"a":9007199254740992}', "a number of a structured file must be whole, got 9007199254740992"],
    ['{"a":"\\ud800"}', 'a text must be sound Unicode, got "\\ud800"'],
    ['{"\\udc00":1}', 'a text must be sound Unicode, got "\\udc00"'],
  ])("fails when the policy document is %s", (policy, message) => {
    expect(() => bundleFiles(policy)).toThrow(message);
  });
});

describe("an archive", () => {
  const archive = tarGz(unsignedBundle());

  test("has the same bytes for the same files, in any order", () => {
    expect(tarGz(new Map([...unsignedBundle()].reverse())).equals(archive)).toBe(true);
    expect(archive.subarray(0, 10).toString("hex")).toBe("1f8b08000000000000ff");
  });

  test("is one that tar lists, with no owner and no time", () => {
    const path = join(folder, "listed.tar.gz");
    writeFileSync(path, archive);
    const { stdout } = spawnSync("tar", ["--list", "--verbose", "--numeric-owner", "--utc", "--file", path], {
      encoding: "utf8",
    });
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/\s+/)),
    ).toEqual([
      ["-rw-r--r--", "0/0", "50", "1970-01-01", "00:00", ".manifest"],
      ["-rw-r--r--", "0/0", "14", "1970-01-01", "00:00", "ambit/fleet/data.json"],
      ["-rw-r--r--", "0/0", "23", "1970-01-01", "00:00", "policy/decision.rego"],
    ]);
  });

  test("gives back any files", () => {
    const name = fc.stringMatching(/^([a-z]{1,3}\/){0,2}[a-z]{1,3}(\.rego)?$/);
    const files = fc.dictionary(name, fc.uint8Array({ maxLength: 1_100 }), { noNullPrototype: true });
    fc.assert(
      fc.property(files, (entries) => {
        const before = new Map(Object.entries(entries).map(([path, bytes]) => [path, Buffer.from(bytes)]));
        const after = untarGz(tarGz(before));
        expect([...after]).toEqual([...before].sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    );
  });

  test.each(["../x", "/x", "a//b", "a/../b", "./a", "a\\b", "a\0", "é", "", "a/", "..", `${"a".repeat(101)}`])(
    "fails when a file is named %j",
    (name) => {
      expect(() => tarGz(new Map([[name, Buffer.alloc(1)]]))).toThrow("a file of a bundle must have a relative name");
    },
  );

  /** The archive after a change of its tar, with header sums set right where asked */
  function changed(change: (tar: Buffer) => Buffer): Buffer {
    return gzipSync(change(Buffer.from(gunzipSync(archive))));
  }
  function withSum(tar: Buffer, at = 0): Buffer {
    tar.write("        ", at + 148, "latin1");
    const sum = tar.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
    return tar;
  }
  const write = (text: string, at: number) => (tar: Buffer) => (tar.write(text, at, "latin1"), withSum(tar));

  test("is read though another program compressed it", () => {
    expect([...untarGz(changed((tar) => tar))]).toEqual([...unsignedBundle()]);
  });

  const FOREIGN = "the bundle is an archive that Ambit did not write: synthesize, or sign, again";
  test.each<[string, (tar: Buffer) => Buffer, string]>([
    ["a link", write("2", 156), FOREIGN],
    ["a folder", write("5", 156), FOREIGN],
    ["a prefix of the name", write("etc", 345), FOREIGN],
    ["an owner", write("0000001", 108), FOREIGN],
    ["a wrong sum", (tar) => (tar.write("000000", 148), tar), FOREIGN],
    [
      "another order",
      (tar) => Buffer.concat([tar.subarray(1024, 2048), tar.subarray(0, 1024), tar.subarray(2048)]),
      FOREIGN,
    ],
    ["bytes behind its end", (tar) => Buffer.concat([tar, Buffer.from("x")]), FOREIGN],
    ["a second archive behind its end", (tar) => Buffer.concat([tar, tar]), FOREIGN],
    ["no end", (tar) => tar.subarray(0, -1024), FOREIGN],
    ["something in the padding", (tar) => (tar.write("x", 1_000), tar), FOREIGN],
    ["a name out of the folder", write("../evil\0\0", 0), "a file of a bundle must have a relative name"],
    ["a negative size", write("-0000000001", 124), 'the bundle is cut off or damaged at ".manifest"'],
    ["a size beyond its end", write("77777777777", 124), 'the bundle is cut off or damaged at ".manifest"'],
    ["a size that is no number", write("xxxxxxxxxxx", 124), 'the bundle is cut off or damaged at ".manifest"'],
    ["a name twice", (tar) => Buffer.concat([tar.subarray(0, 1024), tar]), 'the bundle names ".manifest" twice'],
  ])("fails when it has %s", (_, change, message) => {
    expect(() => untarGz(changed(change))).toThrow(message);
  });

  const named = Buffer.concat([archive.subarray(0, 3), Buffer.from([8]), archive.subarray(4, 10), Buffer.from("a\0")]);
  test.each([
    ["zeros", Buffer.concat([archive, Buffer.alloc(512)])],
    ["an empty member", Buffer.concat([archive, gzipSync("")])],
    ["a name in its header", Buffer.concat([named, archive.subarray(10)])],
  ])("fails when gzip has besides %s, which gunzip overlooks", (_, bytes) => {
    expect(gunzipSync(bytes).equals(gunzipSync(archive))).toBe(true);
    expect(() => untarGz(bytes)).toThrow(FOREIGN);
  });

  test.each([
    ["cut off", archive.subarray(0, -20), "the bundle cannot be unpacked: unexpected end of file"],
    ["no gzip", Buffer.from("hello"), "the bundle cannot be unpacked: incorrect header check"],
    ["empty", Buffer.alloc(0), "the bundle cannot be unpacked: unexpected end of file"],
  ])("fails when it is %s", (_, bytes, message) => {
    expect(() => untarGz(bytes)).toThrow(message);
  });

  test("fails when it is larger than any that is looked at", () => {
    expect(() => untarGz(Buffer.alloc(ARCHIVE_LIMITS.compressedBytes + 1))).toThrow(
      "the bundle must have at most 67108864 bytes, got 67108865",
    );
  });

  test("fails when it unpacks to more than is looked at", () => {
    const parts = 16;
    // Of many members, which are packed sooner than one
    const part = gzipSync(Buffer.alloc(ARCHIVE_LIMITS.bytes / parts), { level: 1 });
    const bomb = Buffer.concat([...Array.from({ length: parts }, () => part), gzipSync(Buffer.alloc(1))]);
    expect(() => untarGz(bomb)).toThrow("the bundle cannot be unpacked: it unpacks to more than 268435456 bytes");
  });

  test("fails when it has more files than are looked at", () => {
    const many = new Map(Array.from({ length: 1_001 }, (_, index) => [`f${index}`, Buffer.alloc(0)]));
    expect(() => untarGz(tarGz(many))).toThrow("the bundle must have at most 1000 files");
  });
});
