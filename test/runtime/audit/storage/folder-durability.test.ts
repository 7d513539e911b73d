import { mkdirSync, readFileSync, rmSync } from "node:fs";
import type * as Files from "node:fs/promises";
import { mkdir, open } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { FolderLog } from "../../../../runtime/audit/storage/folder-log";
import { scratch } from "../../../support/cli";

const folder = scratch("folder-durability");
const opened: string[] = [];
jest.mock("node:fs/promises", () => {
  const real = jest.requireActual<typeof Files>("node:fs/promises");
  return { ...real, open: jest.fn(real.open), mkdir: jest.fn(real.mkdir) };
});
const real = jest.requireActual<typeof Files>("node:fs/promises");

const TILE = "tile/0/x001/000";
const FOLDERS = ["", "tile", "tile/0", "tile/0/x001"];

beforeEach(() => {
  opened.length = 0;
  jest.mocked(open).mockImplementation(async (path, flags) => {
    if (flags === "r") opened.push(relative(join(folder.path, "log"), String(path)));
    return real.open(path, flags);
  });
});

test("folders come to the disk with the first file in them, and the last one with each file", async () => {
  const log = new FolderLog(join(folder.path, "log"));
  await log.add(TILE, Buffer.from("abc"));
  expect(opened).toEqual(["..", ...FOLDERS]);
  opened.length = 0;
  await log.add("tile/0/x001/001", Buffer.from("abc"));
  expect(opened).toEqual([dirname(TILE)]);
});

test("a file that a process wrote before it was killed is durable once another has found it", async () => {
  await new FolderLog(join(folder.path, "log")).add(TILE, Buffer.from("abc"));
  opened.length = 0;
  await new FolderLog(join(folder.path, "log")).add(TILE, Buffer.from("abc"));
  expect(opened).toEqual(FOLDERS);
});

test("folders that a process made before it was killed are durable once another writes a file there", async () => {
  const at = join(folder.path, "killed");
  mkdirSync(join(at, dirname(TILE)), { recursive: true });
  await new FolderLog(at).add(TILE, Buffer.from("abc"));
  expect(opened.map((path) => relative(at, join(folder.path, "log", path)))).toEqual(FOLDERS);
});

test("folders of a log that is written to are not looked at again, but for those that are new", async () => {
  const log = new FolderLog(join(folder.path, "looked"));
  await log.add(TILE, Buffer.from("abc"));
  await log.add("tile/0/x001/001.p/1", Buffer.from("a"));
  jest.mocked(mkdir).mockClear();
  await log.add("tile/0/x001/001.p/2", Buffer.from("ab"));
  await log.add("tile/0/x001/002.p/1", Buffer.from("a"));
  expect(jest.mocked(mkdir).mock.calls.map(([path]) => path)).toEqual([join(log.name, "tile/0/x001/002.p")]);
});

test("a folder that is gone is made again at the next write", async () => {
  const log = new FolderLog(join(folder.path, "gone"));
  await log.add(TILE, Buffer.from("abc"));
  rmSync(join(log.name, "tile"), { recursive: true });
  const again = (): Promise<void> => log.add(TILE, Buffer.from("abc"));
  await expect(again()).rejects.toThrow("ENOENT");
  await again();
  expect(readFileSync(join(log.name, TILE), "utf8")).toBe("abc");
});

test("fails when the disk is full, and leaves nothing of what it began", async () => {
  const log = new FolderLog(join(folder.path, "full"));
  await log.add(TILE, Buffer.from("abc"));
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  jest.mocked(open).mockImplementation(async (path, flags) => {
    const file = await real.open(path, flags);
    if (flags === "wx") file.writeFile = () => Promise.reject(full);
    return file;
  });
  await expect(log.add("tile/0/x001/001", Buffer.from("abc"))).rejects.toThrow(
    `the log's file tile/0/x001/001 in ${join(folder.path, "full")} failed: ENOSPC: no space left on device, write`,
  );
  expect(await real.readdir(join(folder.path, "full", dirname(TILE)))).toEqual(["000"]);
});
