import { isRecord } from "../../domain/is-record";
import { own } from "../../domain/own";
import { CliError } from "../program";
import type { RunProgram } from "../stop/function-call";

export type Answer = Readonly<Record<string, unknown>>;

/**
 * What a program printed as JSON
 *
 * @throws CliError if it ended with an error, or printed something else
 */
export async function answerOf(run: RunProgram, program: string, args: readonly string[]): Promise<Answer> {
  const text = await printedBy(run, program, args);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isRecord(value)) throw new CliError(`${calledAs(program, args)} must print a JSON object`);
  return value;
}

/** @throws CliError if it could not be run, or ended with an error */
export async function printedBy(run: RunProgram, program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, tail } = await run(program, args, { cwd: process.cwd() }).catch((error: Error) => {
    throw new CliError(`${program} cannot be run: ${error.message}`);
  });
  if (code !== 0) throw new CliError(`${calledAs(program, args)} ended with ${code}: ${tail}`);
  return stdout;
}

function calledAs(program: string, args: readonly string[]): string {
  return [program, ...args.slice(0, 2)].join(" ");
}

/** @throws CliError if it is no list of objects, or only a part of one */
export function wholeListIn(answer: Answer, name: string): readonly Answer[] {
  if (answer["IsTruncated"] !== true) return listIn(answer, name);
  throw new CliError(
    `${name} are only a part of all: leave out settings by which the AWS command line reads one page alone`,
  );
}

/** @throws CliError if it is no list of objects */
export function listIn(answer: Answer, name: string): readonly Answer[] {
  const list = own(answer, name);
  if (Array.isArray(list) && list.every(isRecord)) return list;
  throw new CliError(`${name} must be a list of objects, got ${JSON.stringify(list)?.slice(0, 80)}`);
}

/** @throws CliError if it is no object */
export function objectIn(answer: Answer, name: string): Answer {
  const value = own(answer, name);
  if (isRecord(value)) return value;
  throw new CliError(`${name} must be an object, got ${JSON.stringify(value)?.slice(0, 80)}`);
}

/** @throws CliError if it is no text */
export function textIn(answer: Answer, name: string): string {
  const text = own(answer, name);
  if (typeof text === "string" && text !== "") return text;
  throw new CliError(`${name} must be a text, got ${JSON.stringify(text)?.slice(0, 80)}`);
}

/**
 * Seconds since 1970 of a time in ISO 8601; undefined where there is none
 *
 * @throws CliError if it is no time: a time that cannot be read is not the same as none
 */
export function timeIn(answer: Answer, name: string): number | undefined {
  const time = own(answer, name);
  if (time === undefined || time === null) return undefined;
  const milliseconds = typeof time === "string" && /^\d{4}-\d{2}-\d{2}T/.test(time) ? Date.parse(time) : NaN;
  if (Number.isFinite(milliseconds)) return Math.floor(milliseconds / 1000);
  throw new CliError(`${name} must be a time such as "2026-12-01T12:00:00Z", got ${JSON.stringify(time).slice(0, 80)}`);
}
