import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../../domain/is-record";
import { jsonIn } from "../../runtime/json";
import { CliError, UsageError } from "../program";
import { xdgFolder } from "../xdg-folder";

const COMPACT = /^[\w-]+\.([\w-]+)\.[\w-]+$/;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** A login of a person, for one exchange */
export interface KeptLogin {
  /** Its https origin */
  readonly exchange: string;
  readonly idToken: string;
}

/** `ambit/login.json` in the folder for state of the XDG Base Directory Specification */
export function keptTokenFile(): string {
  return join(xdgFolder("XDG_STATE_HOME"), "login.json");
}

/**
 * Readable by this user of the machine only
 *
 * @returns where it is kept
 * @throws CliError if the file cannot be written
 */
export function keepToken({ exchange, idToken }: KeptLogin): string {
  const file = keptTokenFile();
  const next = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    refuseOpenFolder(file);
    writeFileSync(next, `${JSON.stringify({ exchange, idToken })}\n`, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} cannot be written: ${(error as Error).message}`);
  }
  return file;
}

/**
 * ID token that `ambit login` keeps for this exchange; undefined if there is none
 *
 * INVARIANT: it goes to no other exchange, which could use it to decide requests and stop agents at this one.
 *
 * @throws UsageError if it is for another exchange or has expired, CliError if other users can read it or may have
 * written it
 */
export function keptToken({ origin }: URL, now = Date.now()): string | undefined {
  const file = keptTokenFile();
  const text = ownText(file);
  if (text === undefined) return undefined;
  const { exchange, idToken } = loginIn(text) ?? unreadable(file);
  if (exchange !== origin) {
    const fix = `run ambit login --exchange ${origin}, or name an ID token for it`;
    throw new UsageError(`the login that is kept is for ${exchange} and is not sent to ${origin}: ${fix}`);
  }
  if (now >= endOf(idToken) * 1_000) throw new UsageError("the login that is kept is over: run ambit login");
  return idToken;
}

function loginIn(text: string): KeptLogin | undefined {
  const kept = jsonIn(text);
  if (!isRecord(kept)) return undefined;
  const { exchange, idToken } = kept;
  return typeof exchange === "string" && typeof idToken === "string" ? { exchange, idToken } : undefined;
}

function unreadable(file: string): never {
  throw new CliError(again(file, "is no login that was kept"));
}

/** Looked at and read by one descriptor, so that no other file takes its place between. */
function ownText(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode, uid } = fstatSync(descriptor);
    if ((mode & OTHERS) !== 0) throw new CliError(again(file, "may be read by other users of this machine"));
    if (uid !== process.geteuid?.()) throw new CliError(again(file, "is of another user of this machine"));
    refuseOpenFolder(file);
    return readFileSync(descriptor, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new CliError(code === "ELOOP" ? again(file, "is a symbolic link") : `${file} cannot be read: ${message}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** @throws CliError if another user may put a file in its place */
function refuseOpenFolder(file: string): void {
  const folder = dirname(file);
  if ((statSync(folder).mode & OTHERS_WRITE) === 0) return;
  throw new CliError(`${folder} may be written by other users of this machine: chmod go-w it, and run ambit login`);
}

function again(file: string, why: string): string {
  return `${file} ${why}: remove it, and run ambit login`;
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
