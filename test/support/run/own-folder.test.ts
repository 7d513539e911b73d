import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli";
import { ProcessFolder } from "./own-folder";

const place = scratch("own-folder");
let runs = 0;

/** The folder of all processes of one run, and that of this process */
function run() {
  const all = join(place.path, `${(runs += 1)}`);
  const folder = new ProcessFolder(all);
  folder.begin();
  return { all, folder };
}

test("a file that cleans up leaves nothing", () => {
  const { all, folder } = run();
  folder.end();
  expect(ProcessFolder.left(all)).toEqual([]);
});

test("what a file leaves is told", () => {
  const { all, folder } = run();
  mkdirSync(join(folder.path, "ambit-deploy-x"));
  folder.end();
  expect(ProcessFolder.left(all)).toEqual(["ambit-deploy-x"]);
});

test("what a process leaves that was ended amid a file is not told, and that of others still is", () => {
  const { all, folder } = run();
  mkdirSync(join(folder.path, "ambit-deploy-x"));
  mkdirSync(join(all, "1"));
  writeFileSync(join(all, "1", "ambit-other"), "");
  expect(ProcessFolder.left(all)).toEqual(["ambit-other"]);
});
