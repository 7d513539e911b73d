import { INPUT_LIMITS, POLICY_VERSION, type PolicyDocument, STARTS } from "../../../domain";

type Check = (value: unknown) => boolean;

/** Where the value is no policy document: what synth would never write. Empty for a good one. */
export function policyProblems(value: unknown): readonly string[] {
  const problems: string[] = [];
  document(value, "policy", problems);
  return problems;
}

type Shape = (value: unknown, place: string, problems: string[]) => void;

const is =
  (what: string, check: Check): Shape =>
  (value, place, problems) => {
    if (!check(value)) problems.push(`${place} must be ${what}, got ${JSON.stringify(value)}`);
  };

const whole = (least: number, most: number): Shape =>
  is(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

const text = is("a text", (value) => typeof value === "string" && value !== "");
const anyText = is("a text", (value) => typeof value === "string");
const flag = is("true or false", (value) => typeof value === "boolean");
const seconds = whole(0, INPUT_LIMITS.whole);
const rank = whole(0, 3);

const record =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value, place, problems) => {
    if (!isRecord(value)) return void problems.push(`${place} must be an object`);
    const keys = Object.keys(value);
    for (const key of keys) if (!Object.hasOwn(fields, key)) problems.push(`${place}.${key} is unknown`);
    for (const [key, shape] of Object.entries(fields)) {
      if (keys.includes(key)) shape(value[key], `${place}.${key}`, problems);
      else problems.push(`${place}.${key} is missing`);
    }
  };

const mapOf =
  (shape: Shape): Shape =>
  (value, place, problems) => {
    if (!isRecord(value)) return void problems.push(`${place} must be an object`);
    for (const [key, entry] of Object.entries(value)) shape(entry, `${place}[${key}]`, problems);
  };

const listOf =
  (shape: Shape): Shape =>
  (value, place, problems) => {
    if (!Array.isArray(value)) return void problems.push(`${place} must be a list`);
    value.forEach((entry, index) => shape(entry, `${place}[${index}]`, problems));
  };

const nullable =
  (shape: Shape): Shape =>
  (value, place, problems) => {
    if (value !== null) shape(value, place, problems);
  };

const anyOr =
  (shape: Shape): Shape =>
  (value, place, problems) => {
    if (value !== "any") shape(value, place, problems);
  };

const names = mapOf(is("true", (value) => value === true));

const fields = record({
  startedBy: mapOf(is("true", (value) => value === true)),
  ttlSeconds: whole(1, 3600),
  actions: names,
  tools: names,
  data: names,
  aws: nullable(record({ data: names, reads: whole(-1, 3), writes: whole(0, 4) })),
  delegates: mapOf(
    record({ depth: whole(1, 3), actions: anyOr(names), data: anyOr(names), sensitivity: rank, ttlSeconds: seconds }),
  ),
  approvalGroup: anyText,
  budgets: mapOf(record({ limit: whole(0, INPUT_LIMITS.units), actions: anyOr(names) })),
  orders: listOf(
    record({
      first: listOf(text),
      then: names,
      within: is("run or session", (value) => value === "run" || value === "session"),
    }),
  ),
  observeUntil: seconds,
});

const task: Shape = (value, place, problems) => {
  fields(value, place, problems);
  if (problems.length > 0) return;
  const { actions, tools, startedBy } = value as PolicyDocument["agents"][string]["tasks"][string];
  const named = [...new Set(Object.keys(actions).map((name) => name.split(".")[0]))].sort();
  if (Object.keys(tools).sort().join() !== named.join()) {
    problems.push(`${place}.tools must be the tools of its actions: ${named.join(", ")}`);
  }
  const unknown = Object.keys(startedBy).find((start) => !(STARTS as readonly string[]).includes(start));
  if (unknown !== undefined) problems.push(`${place}.startedBy has ${unknown}, which is no start`);
};

const document = record({
  version: is(POLICY_VERSION, (value) => value === POLICY_VERSION),
  trustDomain: text,
  intentRequired: flag,
  agents: mapOf(
    record({
      name: text,
      suspended: flag,
      expires: seconds,
      session: record({ idleSeconds: whole(1, 43_200), totalSeconds: whole(1, 43_200) }),
      tasks: mapOf(task),
    }),
  ),
  tools: mapOf(
    record({
      destination: text,
      clearance: rank,
      actsAsUser: flag,
      actions: mapOf(record({ high: flag, outward: flag, touches: names })),
    }),
  ),
  datasets: mapOf(rank),
});

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
