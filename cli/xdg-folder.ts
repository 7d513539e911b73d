import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where the XDG Base Directory Specification has the files of a kind, below the home folder */
const DEFAULTS = { XDG_CACHE_HOME: ".cache", XDG_STATE_HOME: ".local/state" } as const;

/** `ambit` in the folder of the variable, or in the default one: relative paths are ignored. */
export function xdgFolder(variable: keyof typeof DEFAULTS): string {
  const given = process.env[variable];
  const folder = given !== undefined && isAbsolute(given) ? given : join(homedir(), DEFAULTS[variable]);
  return join(folder, "ambit");
}
