import { checkInput, type CheckedInput, INPUT_LIMITS, type InputProblem } from "../domain";
import { isRecord } from "../domain/is-record";

/** What was decided earlier, as a log line says it */
export interface Logged {
  readonly decision: "allow" | "deny";
  /** Codes, sorted */
  readonly reasons: readonly string[];
  readonly revision: number;
}

/** A request to decide, extracted from its container */
export interface Asked {
  /** Of a case, or the id of the decision in the log */
  readonly name?: string;
  /** Still unchecked; undefined if the log line holds none */
  readonly input: unknown;
  readonly logged?: Logged;
  /** Paths such as `user.subject` whose values the log does not show */
  readonly masked: readonly string[];
  /** What was asked, where the log line says it beside the input */
  readonly asks?: string;
  /** Why the input is not a request to decide */
  readonly problem?: InputProblem;
}

type Node = Readonly<Record<string, unknown>>;

const REDACTED = "**REDACTED**";
/** What logs write instead of a value */
const MASKS = new Set(["masked", "masked-other", REDACTED]);
const DIGESTS = ["requestDigest", "approval.requestDigest"];
const PEOPLE = ["user", "approval.decidedBy"];
/** What is only ever compared, so that something of the right shape can stand for it */
const COMPARED = new Set([
  ...DIGESTS,
  ...PEOPLE.flatMap((person) => [person, `${person}.issuer`, `${person}.subject`]),
]);

/**
 * Read a request of the contract, an event of OPA's decision log, a line of the authorizer's log (`decision` and
 * `input`), a line of the exchange's log (`event` is `request.refused`), or a named case (`name` and `input`). Never
 * throws: any other value counts as a malformed request.
 */
export function askedIn(value: unknown): Asked {
  if (!isRecord(value) || "phase" in value) return { input: value, masked: [] };
  const event = "decision_id" in value || "result" in value || "decision" in value || isRefusedRequest(value);
  if (!("input" in value) && !event) return { input: value, masked: [] };
  const logged = loggedIn(
    value["result"] ?? value["decision"] ?? (isRefusedRequest(value) ? refusedFor(value) : undefined),
  );
  const masked = event ? maskedIn(value) : [];
  const hidden = event ? hiddenIn(value) : [];
  const name = [value["name"], value["decision_id"], value["txn"]].find(
    (text) => typeof text === "string" && text !== "",
  );
  const asks = isRefusedRequest(value) ? asking(value) : undefined;
  return {
    ...(name !== undefined && { name: name as string }),
    ...(asks !== undefined && { asks }),
    input: hidden.length > 0 ? undefined : restored(value["input"], masked, logged),
    ...(logged !== undefined && { logged }),
    masked,
    ...(hidden.length > 0 && { problem: { code: "input.malformed", what: unreadable(hidden) } }),
  };
}

/**
 * A value parsed from `bytes` bytes of JSON. A bare request counts with this size.
 *
 * The line reader bounds the size of log lines.
 */
export function askedOf(value: unknown, bytes: number): Asked {
  const asked = askedIn(value);
  if (asked.input !== value || bytes <= INPUT_LIMITS.bytes) return asked;
  const what = `the request must have at most ${INPUT_LIMITS.bytes} bytes, got ${bytes}`;
  return { ...asked, problem: { code: "input.too-large", what } };
}

/** The request to decide, or why there is none */
export function checkedIn({ input, problem }: Asked): CheckedInput {
  return problem === undefined ? checkInput(input) : { ok: false, problem };
}

/** Whether the masks hide only values that a decision compares */
export function onlyCompared(masked: readonly string[]): boolean {
  return masked.every((path) => COMPARED.has(path));
}

function unreadable(hidden: readonly string[]): string {
  const what = hidden.includes("") ? "the request" : hidden.join(", ");
  return `the log does not show ${what}, so the request cannot be decided again`;
}

/** A verdict of an engine, or a decision with its texts */
function loggedIn(value: unknown): Logged | undefined {
  if (!isRecord(value)) return undefined;
  const decision = typeof value["allow"] === "boolean" ? (value["allow"] ? "allow" : "deny") : value["decision"];
  const { reasons, revision } = value;
  if ((decision !== "allow" && decision !== "deny") || !Array.isArray(reasons)) return undefined;
  const codes = reasons.map((reason: unknown) => (isRecord(reason) ? reason["code"] : reason));
  if (!codes.every((code) => typeof code === "string")) return undefined;
  const known = Number.isSafeInteger(revision) && (revision as number) >= 0;
  return { decision, reasons: [...(codes as readonly string[])].sort(), revision: known ? (revision as number) : 0 };
}

/** A line of the exchange's log */
function isRefusedRequest(value: Node): boolean {
  return value["event"] === "request.refused";
}

/** The exchange also refuses by rules of its own, of which its log has only the codes. */
function refusedFor({ codes }: Node): Node {
  return { decision: "deny", reasons: codes };
}

/** Where a token is asked for, and where a run begins without one. Everywhere else one is shown. */
const TOKEN_PATH = "/token";
const RUNS_PATH = "/runs";

/** In a sentence, as far as the line says it */
function asking({ agent, spiffeId, task, audience, path }: Node): string | undefined {
  const name = agent ?? spiffeId;
  if (typeof name !== "string") return undefined;
  const who = typeof task === "string" ? `${name}.${task}` : name;
  const at = typeof path === "string" ? ` at ${path}` : "";
  if (path === RUNS_PATH) return `${who} begins a run without a token`;
  if (typeof audience !== "string") return `${who} asks the exchange${at}`;
  const shows = at !== "" && path !== TOKEN_PATH;
  return shows
    ? `the exchange is asked${at} with the token of ${who} for ${audience}`
    : `${who} asks for a token for ${audience}`;
}

/** What the event says it hides, and what is hidden as can be seen */
function maskedIn(event: Node): readonly string[] {
  return [...new Set([...saidIn(event), ...seen(event["input"], "", MASKS)])].sort();
}

/**
 * Masked paths that a decision reads. OPA's mask text may also be a real value if the event does not list its masks.
 */
function hiddenIn(event: Node): readonly string[] {
  const hidden = [...saidIn(event), ...seen(event["input"], "", new Set([REDACTED]))];
  return [...new Set(hidden)].filter((path) => !COMPARED.has(path)).sort();
}

function saidIn(event: Node): readonly string[] {
  return [event["masked"], event["erased"]]
    .flatMap((list: unknown) => (Array.isArray(list) ? (list as readonly unknown[]) : []))
    .filter((path): path is string => typeof path === "string" && /^\/input(?:\/|$)/.test(path))
    .map((path) => path.split("/").slice(2).join("."));
}

function seen(value: unknown, path: string, masks: ReadonlySet<string>): readonly string[] {
  if (typeof value === "string") return masks.has(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => seen(entry, path === "" ? key : `${path}.${key}`, masks));
}

/**
 * The request with plausible values in place of masks: decisions only compare digests and people, so it is enough that
 * these are equal, or differ, as the logged decision requires. OPA's own masks preserve that already.
 */
function restored(input: unknown, masked: readonly string[], logged: Logged | undefined): unknown {
  if (!isRecord(input) || masked.length === 0) return input;
  const says = (code: string): boolean => logged?.reasons.includes(code) === true;
  const copy = structuredClone(input) as Record<string, unknown>;
  const decider = says("approval.by-requester") ? "masked" : "masked-other";
  for (const [person, subject] of [["user", "masked"] as const, ["approval.decidedBy", decider] as const]) {
    if (masked.includes(person) && !isRecord(valueAt(copy, person))) put(copy, person, { issuer: "masked", subject });
    for (const [part, value] of [["issuer", "masked"] as const, ["subject", subject] as const]) {
      const path = `${person}.${part}`;
      const shown = valueAt(copy, path);
      if (masked.includes(path) && (shown === undefined || shown === REDACTED)) put(copy, path, value);
    }
  }
  for (const path of DIGESTS.filter((each) => masked.includes(each))) {
    const other = path === "approval.requestDigest" && says("approval.other-request");
    const known = valueAt(copy, path === "requestDigest" ? "approval.requestDigest" : "requestDigest");
    const same = typeof known === "string" && known.startsWith("sha256:") ? known : `sha256:${"0".repeat(64)}`;
    put(copy, path, other ? `sha256:${"f".repeat(64)}` : same);
  }
  return copy;
}

function valueAt(root: Node, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), root);
}

/** Only where there is something to put it into */
function put(root: Node, path: string, value: unknown): void {
  const keys = path.split(".");
  const parent = keys.length === 1 ? root : valueAt(root, keys.slice(0, -1).join("."));
  if (isRecord(parent)) (parent as Record<string, unknown>)[keys.at(-1) as string] = value;
}
