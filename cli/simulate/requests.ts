import { INPUT_LIMITS, type InputProblem } from "../../domain";
import { type Asked, askedOf } from "../asked";
import { UsageError } from "../program";

/** One request of a batch, or why its line is not one */
export type Request =
  { readonly index: number; readonly asked: Asked } | { readonly index: number; readonly problem: InputProblem };

/** A log line holds a request with its decision around it. */
const MOST_LINE_BYTES = 16 * INPUT_LIMITS.bytes;
/** An array, or what is written over several lines, is read as a whole. */
const MOST_DOCUMENT_BYTES = 67_108_864;
const NEW_LINE = 0x0a;
const ARRAY = 0x5b;

/** Requests one a line, read as they come; or those of one JSON array, or one JSON document over several lines. Counts from 1. */
export async function* requestsIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  const source = bytes[Symbol.asyncIterator]();
  const rest = { [Symbol.asyncIterator]: () => source };
  const start = await firstLine(source);
  if (start.length === 0) return;
  if (start[0] === ARRAY || opensOverLines(start)) yield* documentIn(start, rest);
  else yield* linesIn(start, rest);
}

/** Input up to the end of the first non-empty line, and the rest of the last chunk; earlier lines are dropped. */
async function firstLine(source: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length <= MOST_LINE_BYTES) {
    const chunk = await source.next();
    if (chunk.done === true) break;
    const buffer = Buffer.from(chunk.value);
    const first = length > 0 ? 0 : firstThatIsNotWhite(buffer);
    if (first < 0) continue;
    const part = buffer.subarray(first);
    parts.push(part);
    length += part.length;
    if (parts[0]?.[0] === ARRAY || part.includes(NEW_LINE)) break;
  }
  return Buffer.concat(parts);
}

/** -1 where all is white. Input may be any number of blank bytes: a call for each would take ten times as long. */
function firstThatIsNotWhite(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== NEW_LINE) return at;
  }
  return -1;
}

/** `{` alone on its line begins a document that is written over several. */
function opensOverLines(start: Buffer): boolean {
  const end = start.indexOf(NEW_LINE);
  return end > 0 && start.subarray(0, end).toString().trim() === "{";
}

/** @throws UsageError for one that is larger than it may be */
async function* documentIn(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  const whole = await readWhole(start, rest);
  const parsed = parse(whole);
  if ("problem" in parsed) yield { index: 1, problem: parsed.problem };
  else if (!Array.isArray(parsed.value)) yield { index: 1, asked: askedOf(parsed.value, whole.length) };
  else {
    for (const [index, entry] of (parsed.value as readonly unknown[]).entries()) {
      yield { index: index + 1, asked: askedOf(entry, Buffer.byteLength(JSON.stringify(entry))) };
    }
  }
}

async function readWhole(start: Buffer, rest: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of joined(start, rest)) {
    length += chunk.length;
    if (length > MOST_DOCUMENT_BYTES) {
      const what = `an array of requests, or a request over several lines, must have at most ${MOST_DOCUMENT_BYTES} bytes`;
      throw new UsageError(`${what}: send one request a line, as many as you like`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* linesIn(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  let index = 0;
  for await (const line of splitLines(start, rest)) {
    if (line === "too long") {
      const what = `a line must have at most ${MOST_LINE_BYTES} bytes`;
      yield { index: ++index, problem: { code: "input.too-large", what } };
    } else if (firstThatIsNotWhite(line) >= 0) {
      yield { index: ++index, ...requestIn(line) };
    }
  }
}

function requestIn(line: Buffer): { readonly asked: Asked } | { readonly problem: InputProblem } {
  const parsed = parse(line);
  return "problem" in parsed ? parsed : { asked: askedOf(parsed.value, line.length) };
}

async function* splitLines(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer | "too long"> {
  let parts: Buffer[] = [];
  let length = 0;
  const taken = (): Buffer | "too long" => {
    const line = length > MOST_LINE_BYTES ? "too long" : Buffer.concat(parts);
    parts = [];
    length = 0;
    return line;
  };
  const put = (part: Buffer): void => {
    length += part.length;
    // A line that is too long is dropped.
    if (length <= MOST_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of joined(start, rest)) {
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, from)) {
      put(chunk.subarray(from, end));
      yield taken();
      from = end + 1;
    }
    put(chunk.subarray(from));
  }
  if (length > 0) yield taken();
}

async function* joined(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield start;
  for await (const chunk of rest) yield Buffer.from(chunk);
}

function parse(bytes: Buffer): { readonly value: unknown } | { readonly problem: InputProblem } {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch (error) {
    return { problem: { code: "input.malformed", what: `a line must be JSON in UTF-8: ${(error as Error).message}` } };
  }
}
