import type * as Files from "node:fs/promises";
import { open } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { FolderLog } from "../../../../runtime/audit/storage/folder-log";
import { scratch } from "../../../support/cli";

const folder = scratch("folder-durability");
const opened: string[] = [];
jest.mock("node:fs/promises", () => {
  const real = jest.requireActual<typeof Files>("node:fs/promises");
  return { ...real, open: jest.fn(real.open) };
});
const real = jest.requireActual<typeof Files>("node:fs/promises");

const TILE = "tile/0/x001/000";
const FOLDERS = ["tile/0/x001", "tile/0", "tile", ""];

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
  expect(opened).toEqual([...FOLDERS, ".."]);
  opened.length = 0;
  await log.add("tile/0/x001/001", Buffer.from("abc"));
  expect(opened).toEqual([dirname(TILE)]);
});

test("a file that a process wrote before it was killed is durable once another has found it", async () => {
  const log = new FolderLog(join(folder.path, "log"));
  await log.add(TILE, Buffer.from("abc"));
  opened.length = 0;
  await log.add(TILE, Buffer.from("abc"));
  expect(opened).toEqual(FOLDERS);
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
