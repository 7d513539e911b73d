import type { IncomingMessage } from "node:http";
import { didYouMean, type Start, STARTS } from "../../../domain";
import { LABEL, TASK, whole } from "../../../domain/registry/names";
import type { ServedWay } from "../a2a/served-tasks";
import type { Problem } from "../problem";
import { malformed } from "../requests";
import { isChunked, type RawHeaders, valuesOf } from "../tools/headers";
import type { Ways } from "./inbound-config";

/** What the gateway says of a request */
export interface Asked {
  readonly way: string;
  /** Of the agent's own code */
  readonly port: number;
  /** The way in where it is one of A2A */
  readonly a2a: ServedWay | undefined;
  readonly task: string;
  readonly start: Exclude<Start, "agent">;
  readonly evidence: string;
  /** A user's clean session */
  readonly session: "new" | undefined;
  /** Id of the run that the request joins; undefined if one begins */
  readonly join: string | undefined;
  /** That the caller asked */
  readonly host: string;
}

const FAMILY = /^x[-_]ambit[-_]/i;

interface Shape {
  readonly pattern: RegExp;
  readonly must: string;
  readonly optional?: boolean;
}

const OUTSIDE = STARTS.filter((start) => start !== "agent");

/** A value in a message is only shown where it is no secret. */
const SHAPES = {
  "x-ambit-way": { pattern: whole(LABEL), must: "the name of a way in" },
  "x-ambit-task": { pattern: whole(TASK), must: "the name of a task" },
  "x-ambit-start": { pattern: new RegExp(`^(?:${OUTSIDE.join("|")})$`), must: `one of ${OUTSIDE.join(", ")}` },
  "x-ambit-evidence": { pattern: /^[\x21-\x7e]{1,16384}$/, must: "a token of at most 16 KiB" },
  "x-ambit-session": { pattern: /^new$/, must: "new", optional: true },
  "x-ambit-join": { pattern: /^[A-Za-z0-9._~-]{1,256}$/, must: "the id of a run", optional: true },
  "x-forwarded-host": { pattern: /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, must: "a host" },
  "x-forwarded-proto": { pattern: /^https$/, must: "https" },
} as const satisfies Readonly<Record<string, Shape>>;

type Name = keyof typeof SHAPES;

const KNOWN = Object.keys(SHAPES).filter((name) => FAMILY.test(name));

/**
 * Read what the gateway says, each exactly once and as it is written: what can be read in two ways is refused.
 *
 * @throws Problem `companion.malformed`
 */
export function askedBy({ rawHeaders: raw, url = "" }: IncomingMessage, ways: Ways): Asked {
  refuseOtherShapes(raw, url);
  const way = required(raw, "x-ambit-way");
  const { port, a2a: path, pushes } = ways.get(way) ?? {};
  if (port === undefined) throw malformed(`x-ambit-way must be one of ${[...ways.keys()].join(", ")}, got ${way}`);
  const asked = {
    way,
    port,
    a2a: path === undefined ? undefined : { path, pushes },
    task: required(raw, "x-ambit-task"),
    start: required(raw, "x-ambit-start") as Asked["start"],
    evidence: required(raw, "x-ambit-evidence"),
    session: read(raw, "x-ambit-session") as "new" | undefined,
    join: read(raw, "x-ambit-join"),
    host: required(raw, "x-forwarded-host"),
  };
  required(raw, "x-forwarded-proto");
  if (asked.session !== undefined && (asked.start !== "user" || asked.join !== undefined)) {
    throw malformed("x-ambit-session is for a run that a user begins: leave it out");
  }
  return asked;
}

function refuseOtherShapes(raw: RawHeaders, url: string): void {
  const unknown = raw.find((name, index) => index % 2 === 0 && FAMILY.test(name) && !isKnown(name));
  if (unknown !== undefined)
    throw malformed(`the request has the unknown header ${unknown}${didYouMean(unknown, KNOWN)}`);
  if (!url.startsWith("/")) throw malformed(`the request target must be a path, got ${JSON.stringify(url)}`);
  const codings = valuesOf(raw, "transfer-encoding").join();
  if (isChunked(raw) && codings.toLowerCase() !== "chunked") {
    throw malformed(`the transfer encoding must be chunked, got ${JSON.stringify(codings)}`);
  }
  const [upgrade] = valuesOf(raw, "upgrade");
  if (upgrade !== undefined) {
    throw malformed(`a connection stays HTTP/1.1, got an upgrade to ${JSON.stringify(upgrade)}`);
  }
}

function isKnown(name: string): boolean {
  return KNOWN.includes(name.toLowerCase());
}

function required(raw: RawHeaders, name: Name): string {
  const value = read(raw, name);
  if (value === undefined) throw once(name);
  return value;
}

function read(raw: RawHeaders, name: Name): string | undefined {
  const { pattern, must }: Shape = SHAPES[name];
  const [value, ...others] = valuesOf(raw, name);
  if (others.length > 0) throw once(name);
  if (value === undefined) return undefined;
  if (!pattern.test(value)) {
    const got = name === "x-ambit-evidence" ? `${value.length} characters` : JSON.stringify(value);
    throw malformed(`${name} must be ${must}, got ${got}`);
  }
  return value;
}

function once(name: Name): Problem {
  return malformed(`${name} must be sent exactly once: the gateway says it of each request`);
}
