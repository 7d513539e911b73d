import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of this package, which lies above its sources, and above `dist/` where it is built */
export function version(): string {
  const file = ["..", "../.."].map((up) => join(__dirname, up, "package.json")).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`package.json must lie above ${__dirname}: install ambit again`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
