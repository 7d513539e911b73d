import { isRecord } from "../is-record";
import { didYouMean } from "../nearest";
import { STARTS } from "../task";
import { DECISION_VERSION, type DecisionInput, REVOCABLES } from "./contract";
import { INPUT_LIMITS } from "./limits";
import type { ReasonCode } from "./reasons";

/** Why bytes or a value are no request that can be decided */
export interface InputProblem {
  readonly code: Extract<ReasonCode, "input.malformed" | "input.version" | "input.too-large">;
  /** Such as `session.mark must be one of public, internal, confidential, restricted, got "secret"` */
  readonly what: string;
}

export type CheckedInput =
  { readonly ok: true; readonly input: DecisionInput } | { readonly ok: false; readonly problem: InputProblem };

const SENSITIVITIES = ["public", "internal", "confidential", "restricted"];
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Engines disagree on lone surrogates: OPA replaces all of them by one character, Cedar rejects them. */
const HALF_A_CHARACTER = /\p{Surrogate}/u;
const PRINTABLE_ASCII = /^[ -~]*$/;
const SHOWN_CHARACTERS = 80;

/** Read a request to decide from bytes of JSON. Never throws. */
export function readInput(bytes: Uint8Array): CheckedInput {
  if (bytes.length > INPUT_LIMITS.bytes) {
    return refused("input.too-large", `the request must have at most ${INPUT_LIMITS.bytes} bytes, got ${bytes.length}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    return refused("input.malformed", `the request must be JSON in UTF-8: ${(error as Error).message}`);
  }
  return checkInput(value);
}

/** Whether the value is a request of this version of the contract, with every field and no other. Never throws. */
export function checkInput(value: unknown): CheckedInput {
  try {
    const version = isRecord(value) ? value["version"] : undefined;
    if (typeof version === "string" && version !== DECISION_VERSION) {
      return refused("input.version", `version must be ${DECISION_VERSION}, got ${shown(version)}`);
    }
    input(value, "request");
    return { ok: true, input: value as DecisionInput };
  } catch (error) {
    if (error instanceof Found) return { ok: false, problem: error.problem };
    return refused("input.malformed", "the request cannot be read");
  }
}

class Found extends Error {
  constructor(public readonly problem: InputProblem) {
    super(problem.what);
  }
}

function refused(code: InputProblem["code"], what: string): CheckedInput {
  return { ok: false, problem: { code, what } };
}

type Check = (value: unknown, path: string) => void;

function fail(path: string, must: string, value: unknown): never {
  throw new Found({ code: "input.malformed", what: `${path} must be ${must}, got ${shown(value)}` });
}

function tooLarge(path: string, most: number, got: number): never {
  throw new Found({ code: "input.too-large", what: `${path} must have at most ${most} entries, got ${got}` });
}

const text: Check = (value, path) => {
  if (typeof value !== "string" || value === "") fail(path, "a text that is not empty", value);
  if (value.length > INPUT_LIMITS.text) fail(path, `a text of at most ${INPUT_LIMITS.text} characters`, value);
  if (!PRINTABLE_ASCII.test(value) && HALF_A_CHARACTER.test(value)) fail(path, "a text of whole characters", value);
};

const flag: Check = (value, path) => {
  if (typeof value !== "boolean") fail(path, "true or false", value);
};

const whole =
  (most: number): Check =>
  (value, path) => {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > most || Object.is(value, -0)) {
      fail(path, `a whole number from 0 to ${most}`, value);
    }
  };

const time = whole(INPUT_LIMITS.whole);
const units = whole(INPUT_LIMITS.units);

const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, path) => {
    if (typeof value !== "string" || !allowed.includes(value)) fail(path, `one of ${allowed.join(", ")}`, value);
  };

const digest: Check = (value, path) => {
  if (typeof value !== "string" || !DIGEST.test(value)) fail(path, "sha256: and 64 hex digits", value);
};

const nullable =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

const listOf =
  (check: Check, most: number): Check =>
  (value, path) => {
    if (!Array.isArray(value)) fail(path, "a list", value);
    if (value.length > most) tooLarge(path, most, value.length);
    value.forEach((entry, index) => check(entry, `${path}[${index}]`));
  };

const setOf =
  (check: Check, most: number): Check =>
  (value, path) => {
    listOf(check, most)(value, path);
    const entries = value as readonly string[];
    const twice = entries.find((entry, index) => entries.indexOf(entry) !== index);
    if (twice !== undefined) fail(path, "a list without repetition", twice);
  };

const record = (fields: Readonly<Record<string, Check>>): Check => {
  const known = Object.keys(fields);
  const checks = Object.entries(fields);
  return (value, path) => {
    if (!isRecord(value)) fail(path, "an object", value);
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) {
      fail(path, `an object of ${known.join(", ")}${didYouMean(unknown, known)}`, unknown);
    }
    for (const [key, check] of checks) {
      const place = path === "request" ? key : `${path}.${key}`;
      if (!Object.hasOwn(value, key)) fail(place, "there", undefined);
      check(value[key], place);
    }
  };
};

const mapOf =
  (check: Check, most: number): Check =>
  (value, path) => {
    if (!isRecord(value)) fail(path, "an object", value);
    const entries = Object.entries(value);
    if (entries.length > most) tooLarge(path, most, entries.length);
    for (const [key, entry] of entries) {
      text(key, `a key of ${path}`);
      check(entry, `${path}[${shown(key)}]`);
    }
  };

const user = record({ issuer: text, subject: text });

const fields = record({
  version: oneOf(DECISION_VERSION),
  phase: oneOf("issue", "call"),
  time,
  revisionSeen: time,
  agent: record({ name: text, spiffeId: text }),
  task: text,
  chain: listOf(record({ spiffeId: text, task: text }), INPUT_LIMITS.chain),
  user: nullable(user),
  start: record({ by: oneOf(...STARTS), evidence: oneOf("verified", "none") }),
  run: record({ startedAt: time, expiresAt: time }),
  session: record({
    startedAt: time,
    lastUsedAt: time,
    mark: oneOf(...SENSITIVITIES),
    tainted: flag,
    writable: nullable(oneOf(...SENSITIVITIES)),
  }),
  token: record({ audience: text, expiresAt: time, scope: setOf(text, INPUT_LIMITS.scope) }),
  call: nullable(record({ tool: text, action: text, destination: text, data: setOf(text, INPUT_LIMITS.data) })),
  requestDigest: nullable(digest),
  budgets: mapOf(record({ spent: units, cost: units }), INPUT_LIMITS.budgets),
  done: record({ run: setOf(text, INPUT_LIMITS.done), session: setOf(text, INPUT_LIMITS.done) }),
  approval: nullable(record({ group: text, requestDigest: digest, decidedBy: user, expiresAt: time, spent: flag })),
  revocation: record({ known: flag, revoked: setOf(oneOf(...REVOCABLES), REVOCABLES.length) }),
  intent: nullable(record({ verdict: oneOf("allowed", "refused", "error", "timeout") })),
});

/** What belongs together */
const input: Check = (value, path) => {
  fields(value, path);
  const { phase, call, requestDigest } = value as DecisionInput;
  if (phase === "call" && call === null) fail("call", "there at phase call", call);
  if (phase === "issue" && call !== null) fail("call", "null at phase issue", call);
  if (phase === "call" && requestDigest === null) fail("requestDigest", "there at phase call", requestDigest);
};

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json;
}
