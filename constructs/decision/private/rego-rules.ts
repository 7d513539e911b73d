import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { refuse, shown } from "../../../domain";
import { BESIDE_BUNDLE, foreignPackage, isRule } from "../../../policies/custom-rules";
import { OPA_FOLDER } from "../../../policies/paths";

const LONGEST_OUTPUT = 64 * 1024 * 1024;

/**
 * Check the platform's own Rego: every file is of the package `ambit.custom`, and compiles together with Ambit's.
 *
 * It needs OPA on this machine, at `AMBIT_OPA` or on the PATH: Rego that was not compiled is not shipped.
 *
 * @throws DeclarationError `policy.malformed`, with OPA's own file, line and text
 */
export function checkRules(folder: string, where: string): void {
  const files = regoIn(folder);
  if (files.length === 0) {
    refuse("policy.malformed", where, `rules must name a folder with .rego files, got ${shown(folder)}`);
  }
  const below = files.find((file) => file !== basename(file));
  if (below !== undefined) {
    const sentence = `rules must lie in the folder itself, got ${shown(join(folder, below))}`;
    refuse("policy.malformed", where, `${sentence}: rules in subfolders are not shipped`);
  }
  for (const file of files) inOwnPackage(join(folder, file), where);
  const own = regoIn(OPA_FOLDER).filter((file) => file === basename(file) && file !== BESIDE_BUNDLE);
  const paths = [...own.map((file) => join(OPA_FOLDER, file)), ...files.map((file) => join(folder, file))];
  const problems = compile(paths, where);
  if (problems !== undefined) refuse("policy.malformed", where, `rules must compile: ${problems}`);
}

function regoIn(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(isRule).sort();
}

function inOwnPackage(path: string, where: string): void {
  const foreign = foreignPackage(readFileSync(path, "utf8"));
  if (foreign === undefined) return;
  const sentence = `${placeOf(path, foreign.line)} ${foreign.what}`;
  refuse("policy.malformed", where, `rules: ${sentence}: rules of your own can only refuse`);
}

/** OPA's compile errors; undefined if the files compile */
function compile(files: readonly string[], where: string): string | undefined {
  const scratch = mkdtempSync(join(tmpdir(), "ambit-rules-"));
  try {
    const capabilities = join(scratch, "capabilities.json");
    writeFileSync(capabilities, deterministic(where));
    const { status, stderr } = opa(
      ["check", "--strict", "--format=json", `--capabilities=${capabilities}`, ...files],
      where,
    );
    return status === 0 ? undefined : problemsIn(stderr);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

interface Capabilities {
  readonly builtins: readonly { readonly name: string; readonly nondeterministic?: boolean }[];
}

/** A decision is deterministic: its Rego may use no network, clock or random function. */
function deterministic(where: string): string {
  const { status, stdout, stderr } = opa(["capabilities", "--current"], where);
  if (status !== 0) refuse("policy.malformed", where, `rules cannot be compiled: ${oneLine(stderr)}`);
  const { builtins, ...rest } = JSON.parse(stdout) as Capabilities;
  return JSON.stringify({ ...rest, builtins: builtins.filter(({ nondeterministic }) => nondeterministic !== true) });
}

function opa(args: readonly string[], where: string) {
  const program = process.env.AMBIT_OPA || "opa";
  const done = spawnSync(program, args, { encoding: "utf8", maxBuffer: LONGEST_OUTPUT });
  if (done.error !== undefined) {
    const sentence = `rules are compiled by OPA, and ${shown(program)} cannot be run (${done.error.message})`;
    refuse("policy.malformed", where, `${sentence}: install OPA, or write its path into AMBIT_OPA`);
  }
  return done;
}

interface Problem {
  readonly message: string;
  readonly location?: { readonly file: string; readonly row: number };
}

function problemsIn(said: string): string {
  try {
    return (JSON.parse(said) as { readonly errors: readonly Problem[] }).errors.map(told).join("; ");
  } catch {
    return oneLine(said);
  }
}

function told({ message, location }: Problem): string {
  return location === undefined ? oneLine(message) : `${placeOf(location.file, location.row)}: ${oneLine(message)}`;
}

function placeOf(path: string, line: number): string {
  return `${relative(process.cwd(), path).split("\\").join("/")}:${line}`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, "; ");
}
