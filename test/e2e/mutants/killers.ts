import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = join(__dirname, "killed-by.json");

/** The test that notices a mutant, as was recorded: it is run first */
export interface Killer {
  readonly file: string;
  /** Full name */
  readonly test: string;
}

export type Killers = Readonly<Record<string, Killer>>;

export function readKillers(): Killers {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, "utf8")) as Killers) : {};
}

/** In the order of their names, so that two branches that add some rarely meet. */
export function writeKillers(killers: Killers): void {
  const names = Object.keys(killers).sort();
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(names.map((name) => [name, killers[name]])), null, 2)}\n`);
}
