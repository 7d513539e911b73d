import { Denial } from "../denial";

/** Names in lower case, in the order in which they came */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What a tool may be told by the agent. All else is taken out: who asks, and by which way, is not the agent's to say. */
const PASSED: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "cache-control",
  "content-length",
  "content-type",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "prefer",
  "range",
  "user-agent",
]);

/** Set by the gateway itself, or part of how a message is sent */
const OWN: ReadonlySet<string> = new Set([
  ":authority",
  ":method",
  ":path",
  ":scheme",
  "transfer-encoding",
  "x-request-id",
]);

const FRAMING: ReadonlySet<string> = new Set(["content-length"]);

/** By which a server may take another method or address than the request's */
const OVERRIDES: ReadonlySet<string> = new Set([
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-original-url",
  "x-rewrite-url",
]);

/** The value of a header that is there at most once. @throws Denial `call.header` */
export function single(headers: HeaderList, name: string): string | undefined {
  const values = headers.filter(([key]) => key === name);
  if (values.length > 1) throw repeated(name);
  return values[0]?.[1];
}

function repeated(name: string): Denial {
  return Denial.of("call.header", `the header ${name} must be sent once`);
}

/** @throws Denial `call.header` where a header says another request than the request does */
export function refuseOtherRequest(headers: HeaderList): void {
  const found = headers.find(([name]) => OVERRIDES.has(name));
  if (found !== undefined) throw Denial.of("call.header", `the header ${found[0]} names another request`);
}

/** @throws Denial `call.header` where a header says another request than the request does, or two things */
export function refuseOverrides(headers: HeaderList): void {
  refuseOtherRequest(headers);
  const passed = headers.flatMap(([name]) => (PASSED.has(name) ? [name] : []));
  const twice = passed.find((name, at) => passed.indexOf(name) < at);
  if (twice !== undefined) throw repeated(twice);
}

/** Names of the headers that do not go on, where only those of `names` do. */
export function takenOutBut(headers: HeaderList, names: readonly string[]): readonly string[] {
  const gone = headers
    .map(([name]) => name)
    .filter((name) => !OWN.has(name) && !FRAMING.has(name) && !names.includes(name));
  return [...new Set(gone)].sort();
}

/** Names of the headers that do not reach the tool. @param passes names of those that do, beside the usual ones */
export function takenOut(headers: HeaderList, passes: readonly string[] = []): readonly string[] {
  const stays = (name: string): boolean => PASSED.has(name) || OWN.has(name) || passes.includes(name);
  const names = headers.map(([name]) => name).filter((name) => !stays(name));
  return [...new Set(names)].sort();
}
