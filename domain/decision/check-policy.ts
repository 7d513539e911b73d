import { isRecord } from "../is-record";
import { STARTS } from "../task";
import { INPUT_LIMITS } from "./limits";
import {
  type NameSet,
  POLICY_VERSION,
  type PolicyAction,
  type PolicyAgent,
  type PolicyAws,
  type PolicyDocument,
  type PolicyEdge,
  type PolicyTask,
  type PolicyTool,
} from "./policy-document";

const SHOWN_CHARACTERS = 80;

type Check = (value: unknown) => boolean;

/** What keeps the value from being a policy document, in sentences; empty for what synth writes. */
export function policyProblems(value: unknown): readonly string[] {
  const problems: string[] = [];
  document(value, "policy", problems);
  return problems;
}

interface Shape<out T> {
  (value: unknown, place: string, problems: string[]): void;
  /** Never there: the type of what has the shape, so that shapes and types cannot differ */
  readonly type?: T;
}

const is =
  <T>(what: string, check: Check): Shape<T> =>
  (value, place, problems) => {
    if (!check(value)) problems.push(`${place} must be ${what}, got ${shown(value)}`);
  };

const whole = (least: number, most: number): Shape<number> =>
  is(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

const text = is<string>("a text", (value) => typeof value === "string" && value !== "");
const anyText = is<string>("a text", (value) => typeof value === "string");
const flag = is<boolean>("true or false", (value) => typeof value === "boolean");
const time = whole(0, Number.MAX_SAFE_INTEGER);
const rank = whole(0, 3);

const record =
  <T extends object>(fields: { readonly [Key in keyof T]-?: Shape<T[Key]> }): Shape<T> =>
  (value, place, problems) => {
    if (!isRecord(value)) return void problems.push(`${place} must be an object`);
    const keys = Object.keys(value);
    for (const key of keys) if (!Object.hasOwn(fields, key)) problems.push(`${place}.${key} is unknown`);
    for (const [key, shape] of Object.entries<Shape<unknown>>(fields)) {
      if (keys.includes(key)) shape(value[key], `${place}.${key}`, problems);
      else problems.push(`${place}.${key} is missing`);
    }
  };

const mapOf =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, place, problems) => {
    if (!isRecord(value)) return void problems.push(`${place} must be an object`);
    for (const [key, entry] of Object.entries(value)) shape(entry, `${place}[${key}]`, problems);
  };

const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, place, problems) => {
    if (!Array.isArray(value)) return void problems.push(`${place} must be a list`);
    value.forEach((entry, index) => shape(entry, `${place}[${index}]`, problems));
  };

const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, place, problems) => {
    if (value !== null) shape(value, place, problems);
  };

const anyOr =
  <T>(shape: Shape<T>): Shape<T | "any"> =>
  (value, place, problems) => {
    if (value !== "any") shape(value, place, problems);
  };

const names: Shape<NameSet> = mapOf(is<true>("true", (value) => value === true));

const starts: Shape<NameSet> = (value, place, problems) => {
  names(value, place, problems);
  if (!isRecord(value)) return;
  const unknown = Object.keys(value).find((start) => !(STARTS as readonly string[]).includes(start));
  if (unknown !== undefined) problems.push(`${place} has ${unknown}, which is no start`);
};

const task = record<PolicyTask>({
  startedBy: starts,
  ttlSeconds: whole(1, 3600),
  actions: names,
  tools: names,
  data: names,
  aws: nullable(record<PolicyAws>({ data: names, reads: whole(-1, 3), writes: whole(0, 4) })),
  delegates: mapOf(
    record<PolicyEdge>({
      depth: whole(1, 3),
      actions: anyOr(names),
      data: anyOr(names),
      sensitivity: rank,
      ttlSeconds: whole(1, 3600),
    }),
  ),
  approvalGroup: anyText,
  budgets: mapOf(record<PolicyTask["budgets"][string]>({ limit: whole(0, INPUT_LIMITS.units), actions: anyOr(names) })),
  orders: listOf(
    record<PolicyTask["orders"][number]>({
      first: listOf(text),
      then: names,
      within: is<"run" | "session">("run or session", (value) => value === "run" || value === "session"),
    }),
  ),
  observeUntil: time,
});

const document = record<PolicyDocument>({
  version: is<typeof POLICY_VERSION>(POLICY_VERSION, (value) => value === POLICY_VERSION),
  trustDomain: text,
  intentRequired: flag,
  agents: mapOf(
    record<PolicyAgent>({
      name: text,
      suspended: flag,
      expires: time,
      session: record<PolicyAgent["session"]>({ idleSeconds: whole(1, 43_200), totalSeconds: whole(1, 43_200) }),
      tasks: mapOf(task),
    }),
  ),
  tools: mapOf(
    record<PolicyTool>({
      destination: text,
      clearance: rank,
      actsAsUser: flag,
      actions: mapOf(record<PolicyAction>({ high: flag, outward: flag, touches: names })),
    }),
  ),
  datasets: mapOf(rank),
});

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json;
}
