import { deepStrictEqual as equal } from "node:assert";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleOf, entriesIn } from "../../../runtime/audit/tlog/entry-bundle";
import { TILE_WIDTH, tileIn, tilePath, type TileName } from "../../../runtime/audit/tlog/tile-path";
import type { Suite } from "../harness/suite";
import type { Written } from "./suite";
import { sizeOf, verdictsOf } from "./verified";

const FIRST = "tile/entries/000";

/** Attacks on the files with write access, but without the log's key */
const CHANGES: readonly (readonly [what: string, change: (folder: string) => void])[] = [
  ["a bit of a record was changed", (folder) => flip(join(folder, FIRST), 20)],
  ["a record was dropped", (folder) => rewritten(folder, ([, ...rest]) => rest)],
  [
    "a record was put in the place of another",
    (folder) => rewritten(folder, ([, second, ...rest]) => [second, second, ...rest]),
  ],
  ["two records changed places", (folder) => rewritten(folder, ([first, second, ...rest]) => [second, first, ...rest])],
  ["a bundle of records is gone", (folder) => rmSync(join(folder, FIRST))],
  ["a hash was changed", (folder) => flip(join(folder, "tile/0/000"), 3)],
  ["the last records are gone", (folder) => rmSync(join(folder, last(folder, "entries")))],
  ["the last hashes are gone", (folder) => rmSync(join(folder, last(folder, 0)))],
  ["the checkpoint says that there are fewer", (folder) => shorter(folder)],
  ["the checkpoint's signature was changed", (folder) => flip(join(folder, "checkpoint"), inSignature(folder))],
];

/** What is done to a log is found by programs of others. */
export function tamperChecks(suite: Suite, { world, programs, folder }: Written): void {
  for (const [what, change] of CHANGES) {
    suite.check(
      `neither fsck nor torchwood accepts the log where ${what}`,
      [world, programs, folder],
      async ([at, built, log]) => {
        const copy = `${log}-changed`;
        rmSync(copy, { recursive: true, force: true });
        cpSync(log, copy, { recursive: true });
        change(copy);
        equal(await verdictsOf(copy, at.log, built), { fsck: undefined, check: undefined });
      },
    );
  }
}

/** Within the log's own signature, which is the first: those of witnesses stand behind it */
function inSignature(folder: string): number {
  const text = readFileSync(join(folder, "checkpoint"), "latin1");
  return text.indexOf("\n", text.indexOf("\n\n") + 2) - 10;
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] as number) ^ 1;
  writeFileSync(path, bytes);
}

/** The first bundle, whose tile stays as it is */
function rewritten(folder: string, change: (entries: readonly Buffer[]) => readonly (Buffer | undefined)[]): void {
  const path = join(folder, FIRST);
  writeFileSync(path, bundleOf(change(entriesIn(readFileSync(path), TILE_WIDTH)) as readonly Buffer[]));
}

function last(folder: string, level: 0 | "entries"): string {
  const size = sizeOf(folder);
  return tilePath({ ...(tileIn(size, 0, Math.ceil(size / TILE_WIDTH) - 1) as TileName), level });
}

function shorter(folder: string): void {
  const path = join(folder, "checkpoint");
  const [origin, size, ...rest] = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, [origin, Number(size) - 1, ...rest].join("\n"));
}
