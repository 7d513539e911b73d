import { INPUT_LIMITS, type InputProblem } from "../../domain";
import { type Asked, askedIn } from "../asked";

/** One request of a batch, or why its line is none */
export type Request =
  { readonly index: number; readonly asked: Asked } | { readonly index: number; readonly problem: InputProblem };

/** A log line holds a request with its decision around it. */
const MOST_LINE_BYTES = 16 * INPUT_LIMITS.bytes;
const NEW_LINE = 0x0a;
const WHITE = new Set([0x20, 0x09, 0x0d, NEW_LINE]);
const ARRAY = 0x5b;

/** Requests one a line, read as they come; or those of one JSON array, or one JSON document over several lines. Counts from 1. */
export async function* requestsIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  const source = bytes[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let first = -1;
  for (let chunk = await source.next(); first < 0 && chunk.done !== true; chunk = await source.next()) {
    const buffer = Buffer.from(chunk.value);
    head.push(buffer);
    first = buffer.findIndex((byte) => !WHITE.has(byte));
    if (first >= 0) break;
  }
  const rest = { [Symbol.asyncIterator]: () => source };
  if (first < 0) return;
  const start = Buffer.concat(head);
  const begin = start.length - (head.at(-1) as Buffer).length + first;
  if (start[begin] === ARRAY || opensOverLines(start.subarray(begin))) yield* documentIn(start, rest);
  else yield* linesIn(start, rest);
}

/** `{` alone on its line begins a document that is written over several. */
function opensOverLines(start: Buffer): boolean {
  const end = start.indexOf(NEW_LINE);
  return end > 0 && start.subarray(0, end).toString().trim() === "{";
}

async function* documentIn(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  const chunks = [start];
  for await (const chunk of rest) chunks.push(Buffer.from(chunk));
  const parsed = parse(Buffer.concat(chunks));
  if ("problem" in parsed) yield { index: 1, problem: parsed.problem };
  else {
    const entries: readonly unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
    for (const [index, entry] of entries.entries()) yield { index: index + 1, asked: askedIn(entry) };
  }
}

async function* linesIn(start: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Request> {
  let index = 0;
  for await (const line of splitLines(start, rest)) {
    if (line === "too long") {
      const what = `a line must have at most ${MOST_LINE_BYTES} bytes`;
      yield { index: ++index, problem: { code: "input.too-large", what } };
    } else if (line.some((byte) => !WHITE.has(byte))) {
      yield { index: ++index, ...requestIn(line) };
    }
  }
}

function requestIn(line: Buffer): { readonly asked: Asked } | { readonly problem: InputProblem } {
  const parsed = parse(line);
  if ("problem" in parsed) return parsed;
  const asked = askedIn(parsed.value);
  if (asked.input === parsed.value && line.length > INPUT_LIMITS.bytes) {
    const what = `the request must have at most ${INPUT_LIMITS.bytes} bytes, got ${line.length}`;
    return { problem: { code: "input.too-large", what } };
  }
  return { asked };
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
    // Of a line that is too long nothing is kept.
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
