import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract, type Header } from "tar-stream";
import type { ImageFile } from "../../images/oci/file";
import { writeLayer } from "../../images/oci/layer";
import { writeImage } from "../../images/oci/layout";
import { librariesOf, programFiles } from "../../images/oci/libraries";

const folder = mkdtempSync(join(tmpdir(), "ambit-oci-"));
afterAll(() => rmSync(folder, { recursive: true }));

let layouts = 0;
const newFolder = (): string => {
  const path = join(folder, String(layouts++));
  mkdirSync(path);
  return path;
};
const FILES: readonly ImageFile[] = [
  { path: "/app/main.js", content: "main" },
  { path: "/app/a.txt", content: Buffer.from("a"), mode: 0o400 },
  { path: "/bin/sh", linkTo: "/app/main.js" },
  { path: "/tmp", mode: 0o1777, folder: true },
];

async function entriesOf(blob: string): Promise<readonly Header[]> {
  const headers: Header[] = [];
  const reader = extract();
  reader.on("entry", (header, stream, next) => {
    headers.push(header);
    stream.on("end", next).resume();
  });
  const done = new Promise<void>((resolve) => reader.on("finish", () => resolve()));
  reader.end(readFileSync(blob));
  await done;
  return headers;
}

test("a layer holds each file with the folders above it, owned by root, at no time", async () => {
  const blobs = newFolder();
  const { digest, size } = await writeLayer(FILES, blobs);
  const [name] = readdirSync(blobs);
  const bytes = readFileSync(join(blobs, name as string));
  expect(digest).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  expect([`sha256:${name}`, bytes.length]).toEqual([digest, size]);
  const entries = await entriesOf(join(blobs, name as string));
  expect(entries.map(({ name, type, mode }) => [name, type, mode?.toString(8)])).toEqual([
    ["app/", "directory", "755"],
    ["app/a.txt", "file", "400"],
    ["app/main.js", "file", "444"],
    ["bin/", "directory", "755"],
    ["bin/sh", "symlink", "777"],
    ["tmp/", "directory", "1777"],
  ]);
  expect(entries.map(({ uid, gid, mtime }) => [uid, gid, mtime?.getTime()])).toEqual(entries.map(() => [0, 0, 0]));
});

test("the same files give the same bytes, in any order and with any modification time", async () => {
  const source = join(newFolder(), "file");
  const once = async (files: readonly ImageFile[]): Promise<string> => {
    writeFileSync(source, "copied");
    return (await writeLayer([...files, { path: "/copy", copyOf: source }], newFolder())).digest;
  };
  expect(await once([...FILES].reverse())).toBe(await once(FILES));
  expect(await once(FILES.slice(1))).not.toBe(await once(FILES));
});

test.each<[string, readonly ImageFile[], string]>([
  [
    "is not absolute",
    [{ path: "app", content: "" }],
    'a path in an image must be absolute and without "..", got "app"',
  ],
  ["climbs", [{ path: "/a/../b", content: "" }], 'a path in an image must be absolute and without "..", got "/a/../b"'],
  ["ends with a slash", [{ path: "/a/", content: "" }], 'got "/a/"'],
  ["stands twice", [...FILES, { path: "/tmp", content: "" }], 'an image has "/tmp" twice: leave one out'],
  [
    "is below a file",
    [...FILES, { path: "/bin/sh/x", content: "" }],
    '"/bin/sh/x" is below "/bin/sh", which is no folder',
  ],
])("fails when a path %s", async (_, files, message) => {
  await expect(writeLayer(files, newFolder())).rejects.toThrow(message);
});

test("fails when a file that is copied is not there", async () => {
  await expect(writeLayer([{ path: "/a", copyOf: join(folder, "none") }], newFolder())).rejects.toThrow("ENOENT");
});

test("a layout leads from its index to each blob by digest and size, and holds nothing else", async () => {
  const layout = join(newFolder(), "layout");
  const { digest, size } = await writeImage(layout, "1.0", {
    layers: [FILES, [{ path: "/app/above", content: "above" }]],
    entrypoint: ["/app/main.js", "run"],
    user: "65532:65532",
    ports: [8443],
    env: { NODE_ENV: "production" },
  });
  const blobs = join(layout, "blobs", "sha256");
  const read = ({ digest, size }: { digest: string; size: number }): Record<string, never> => {
    const bytes = readFileSync(join(blobs, digest.slice("sha256:".length)));
    expect([`sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes.length]).toEqual([digest, size]);
    return JSON.parse(bytes.toString("utf8")) as Record<string, never>;
  };
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  expect(index.manifests).toHaveLength(1);
  expect(index.manifests[0]).toMatchObject({
    digest,
    platform: { os: "linux" },
    annotations: { "org.opencontainers.image.ref.name": "1.0" },
  });
  const manifest = read(index.manifests[0]) as unknown as {
    config: { digest: string; size: number };
    layers: readonly { digest: string; size: number }[];
  };
  expect(manifest.layers.reduce((sum, layer) => sum + layer.size, 0)).toBe(size);
  const config = read(manifest.config);
  expect(config).toMatchObject({
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: {
      User: "65532:65532",
      Entrypoint: ["/app/main.js", "run"],
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "NODE_ENV=production"],
      ExposedPorts: { "8443/tcp": {} },
    },
    rootfs: { type: "layers", diff_ids: manifest.layers.map(({ digest }) => digest) },
  });
  const named = [index.manifests[0], manifest.config, ...manifest.layers].map(({ digest }) => digest);
  expect(
    readdirSync(blobs)
      .map((name) => `sha256:${name}`)
      .sort(),
  ).toEqual([...named].sort());
  expect(readFileSync(join(layout, "oci-layout"), "utf8")).toBe('{"imageLayoutVersion":"1.0.0"}');
});

describe("a program", () => {
  test("comes with what its loader looks for, at the same paths", () => {
    const files = programFiles(process.execPath, "/nodejs/bin/node");
    expect(files[0]).toMatchObject({ path: "/nodejs/bin/node", mode: 0o555 });
    expect(files.slice(1).map(({ path }) => path)).toEqual(librariesOf(process.execPath));
    expect(librariesOf(process.execPath)).toEqual(expect.arrayContaining([expect.stringMatching(/\/libc\.so\.6$/)]));
  });

  test("fails when it is none", () => {
    const text = join(newFolder(), "text");
    writeFileSync(text, "text");
    expect(librariesOf(text)).toEqual([]);
    expect(() => librariesOf(join(folder, "none"))).toThrow();
  });
});
