import { isUtf8 } from "node:buffer";
import { CalendarDate, shown } from "../../domain";
import { printable } from "../../domain/printable";
import { findDuplicateKey } from "../../iam/duplicate-keys";
import { ReadError } from "../read/read-error";
import { likely } from "../../domain/nearest";
import { type ApprovalRule, type ReviewRules, rulesJsonSchema, rulesSchema } from "./rules-schema";

/** An acknowledgement is reviewed at least once a year. */
const LONGEST_DAYS = 365;

type Place = readonly (string | number)[];

/**
 * The rules in a file of base. An unknown key is an error: a misspelt rule must not vanish.
 *
 * @param bytes content of the file
 * @param file its name, for errors
 * @param now the current day
 * @throws ReadError with file and place
 */
export function readRules(bytes: Buffer, file: string, now: Date): ReviewRules {
  const refuse = (place: Place, what: string): never => {
    throw new ReadError(printable(file), placeText(place), printable(what));
  };
  const document = documentIn(bytes, refuse);
  const read = rulesSchema.safeParse(document);
  if (!read.success) return refuse(...firstProblem(read.error.issues, document));
  for (const [place, what] of contradictions(read.data, now)) refuse(place, what);
  return read.data;
}

function documentIn(bytes: Buffer, refuse: (place: Place, what: string) => never): unknown {
  if (!isUtf8(bytes)) return refuse([], "must be UTF-8");
  const text = bytes.toString("utf8");
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return refuse([], `must be JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  const twice = findDuplicateKey(text);
  return twice === undefined ? document : refuse(twice, "is written twice: keep one of them");
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/** An unknown key comes first: most often it is the misspelt form of a missing one. */
function firstProblem(issues: readonly Issue[], document: unknown): readonly [Place, string] {
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? (issues[0] as Issue);
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const [key] = issue.keys ?? [];
  if (key === undefined) {
    const what = `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
    return [path, `${what}, got ${cut(shown(valueAt(document, path)))}`];
  }
  const known = keysAt(path, document);
  const meant = likely(key, known);
  const instead = meant === undefined ? `write one of ${known.join(", ")}` : `did you mean ${shown(meant)}?`;
  return [[...path, key], `no such key is known: ${instead}`];
}

/** Checks beyond the schema */
function* contradictions(rules: ReviewRules, now: Date): Generator<readonly [Place, string]> {
  const names = new Set<string>();
  for (const [index, rule] of rules.approvals.entries()) {
    const place = ["approvals", index];
    if (names.has(rule.name)) yield [[...place, "name"], `must be a name of its own, got ${shown(rule.name)} again`];
    names.add(rule.name);
    yield* whenProblems(rule, place);
  }
  for (const [index, { until }] of rules.acknowledged.entries()) {
    if (CalendarDate.of(until, "acknowledged", "until").daysFrom(now) <= LONGEST_DAYS) continue;
    yield [["acknowledged", index, "until"], `must be at most ${LONGEST_DAYS} days ahead, got ${shown(until)}`];
  }
}

/** A rule that can match nothing is misleading. */
function* whenProblems({ when }: ApprovalRule, place: Place): Generator<readonly [Place, string]> {
  const about = (["kinds", "combinations", "files", "standing"] as const).filter((key) => when[key] !== undefined);
  if (about.length > 1) {
    yield [[...place, "when"], `${about.join(" and ")} are about different findings: write a rule for each`];
  }
  if (when.files !== undefined && (when.principals ?? when.tiers) !== undefined) {
    yield [[...place, "when"], "a file belongs to no principal: leave out principals and tiers, or files"];
  }
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** The keys that the schema knows at a place of the document; for a union, those of the intended member */
function keysAt(path: Place, document: unknown): readonly string[] {
  let node: SchemaNode | undefined = rulesJsonSchema();
  let value = document;
  for (const key of path) {
    node = typeof key === "number" ? node?.items : node?.properties?.[key];
    value = (value as Record<string | number, unknown>)[key];
    node = node?.oneOf?.find((one) => isMeant(one, value)) ?? node;
  }
  return Object.keys(node?.properties ?? {}).sort();
}

function isMeant({ properties }: SchemaNode, value: unknown): boolean {
  const finding = properties?.["finding"];
  const named = (value as { readonly finding?: unknown } | null)?.finding;
  return finding?.const === named || finding?.enum?.includes(named) === true;
}

function valueAt(document: unknown, path: Place): unknown {
  return path.reduce<unknown>((value, key) => {
    const isHolder = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    return isHolder ? (value as Record<string | number, unknown>)[key] : undefined;
  }, document);
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** `approvals[0].when.kinds` */
function placeText(place: Place): string {
  return place
    .map((at) => (typeof at === "number" ? `[${at}]` : `.${printable(at)}`))
    .join("")
    .replace(/^\./, "");
}
