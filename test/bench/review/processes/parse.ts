import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Stopwatch } from "../../stopwatch";

/** Run by the bench in a process of its own, the least that any comparison does: parse all JSON of two folders. */
const folders = process.argv.slice(2);
const watch = new Stopwatch();
const kept = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path): unknown => JSON.parse(readFileSync(join(folder, path), "utf8"))),
);
watch.lap("parse");
watch.readPeak();
process.stdout.write(JSON.stringify({ ...watch.measures, files: kept.length }));
