import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { CliError, UsageError } from "../program";

const COMPACT = /^[\w-]+\.([\w-]+)\.[\w-]+$/;
const OTHERS = 0o077;

/** `ambit/id-token` in the folder for state of the XDG Base Directory Specification */
export function keptTokenFile({ XDG_STATE_HOME: state }: NodeJS.ProcessEnv = process.env): string {
  const folder = state !== undefined && isAbsolute(state) ? state : join(homedir(), ".local/state");
  return join(folder, "ambit", "id-token");
}

/**
 * For this user of the machine alone
 *
 * @returns where it is kept
 * @throws CliError where nothing can be written there
 */
export function keepToken(token: string): string {
  const file = keptTokenFile();
  const next = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(next, `${token}\n`, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${(error as Error).message}`);
  }
  return file;
}

/**
 * What `ambit login` has kept; undefined where there is nothing
 *
 * @throws UsageError where its time is over, CliError where others may read it
 */
export function keptToken(now = Date.now()): string | undefined {
  const file = keptTokenFile();
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`);
  }
  if ((statSync(file).mode & OTHERS) !== 0) {
    throw new CliError(`${file} may be read by other users of this machine: remove it, and run ambit login`);
  }
  if (now >= endOf(token) * 1_000) throw new UsageError("the login that is kept is over: run ambit login");
  return token;
}

/** Seconds since the epoch, as the token says without being verified; 0 for what is no token */
export function endOf(token: string): number {
  const { exp } = claimsOf(token);
  return typeof exp === "number" ? exp : 0;
}

/** Not verified: the exchange does that */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(COMPACT.exec(token)?.[1] ?? "", "base64url").toString());
    return Object(claims) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
