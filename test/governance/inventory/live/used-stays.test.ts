import fc from "fast-check";
import type { AccessKind } from "../../../../domain/dataset-props";
import { comparisonOf } from "../../../../governance/inventory/live/comparison";
import type { DeclaredAgent } from "../../../../governance/inventory/live/declared";
import type { Asked, CallHistory, DeployedRole, ServiceUse } from "../../../../governance/inventory/live/deployed";
import type { TrailHistory } from "../../../../governance/inventory/live/trail/record";
import { dataActions } from "../../../../iam/data/data-actions";
import "../../../support/depth";

const DAY = 86_400;
const AT = 1_800_000_000;
const DATASETS = {
  articles: { kind: "bucket", place: "kb/articles/", accesses: ["list", "read", "write", "delete"] },
  logs: { kind: "bucket", place: "ci/logs/", accesses: ["list", "read"] },
  notes: { kind: "table", place: "notes", accesses: ["read", "write", "scan", "delete"] },
  login: { kind: "secret", place: "erp/login", accesses: ["read"] },
  token: { kind: "secret", place: "erp/token", accesses: ["read"] },
} as const satisfies Record<
  string,
  { kind: "bucket" | "secret" | "table"; place?: string; accesses: readonly AccessKind[] }
>;
type Name = keyof typeof DATASETS;
const NAMES = Object.keys(DATASETS) as readonly Name[];
/** Tasks of a brokered agent share one role, those of a federated one have a role each. */
const ROLE = "arn:aws:iam::111122223333:role/";
const TASKS = { one: `${ROLE}shared`, other: `${ROLE}shared`, apart: `${ROLE}own` } as const;
type TaskName = keyof typeof TASKS;

/** An attempt of a task at data: what really happened */
interface Attempt {
  readonly task: TaskName;
  readonly data: Name;
  readonly access: AccessKind;
  readonly action: string;
  readonly daysAgo: number;
  readonly named: keyof typeof TARGETS;
}

/** How a caller may name a secret, and an event that does not tell it */
const ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:";
const TARGETS = {
  name: (secret: string) => ({ target: secret }),
  arn: (secret: string) => ({ target: `${ARN}${secret}-a1B2c3` }),
  partial: (secret: string) => ({ target: `${ARN}${secret}` }),
  untold: () => ({}),
} as const;

const attempt: fc.Arbitrary<Attempt> = fc
  .record({
    task: fc.constantFrom(...(Object.keys(TASKS) as TaskName[])),
    data: fc.constantFrom(...NAMES),
    daysAgo: fc.integer({ min: 0, max: 300 }),
    named: fc.constantFrom(...(Object.keys(TARGETS) as (keyof typeof TARGETS)[])),
  })
  .chain((one) =>
    fc
      .constantFrom(...DATASETS[one.data].accesses)
      .chain((access: AccessKind) =>
        fc.constantFrom(...dataActions(DATASETS[one.data].kind, access)).map((action) => ({ ...one, access, action })),
      ),
  );

const agent: DeclaredAgent = {
  name: "triage",
  state: "active",
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: Object.entries(TASKS).map(([name, role]) => ({
    name,
    role,
    data: NAMES.map((data) => ({ name: data, ...DATASETS[data] })),
  })),
};

/** What AWS tells of attempts: the last one at each service, and at those actions that it tracks */
function told(role: string, attempts: readonly Attempt[], tracked: ReadonlySet<string>): DeployedRole {
  const last = (some: readonly Attempt[]) =>
    some.length === 0 ? {} : { last: Math.max(...some.map(({ daysAgo }) => AT - daysAgo * DAY)) };
  const own = attempts.filter(({ task }) => TASKS[task] === role);
  const all = Object.values(DATASETS).flatMap(({ kind, accesses }) =>
    accesses.flatMap((one) => dataActions(kind, one)),
  );
  const services = ["s3", "dynamodb", "secretsmanager"].map((service): ServiceUse => {
    const actions = [...new Set(all)].filter((action) => action.startsWith(`${service}:`) && tracked.has(action));
    return {
      service,
      ...last(own.filter(({ action }) => action.startsWith(`${service}:`))),
      actions: actions.map((action) => ({
        name: action.slice(service.length + 1),
        ...last(own.filter((one) => one.action === action)),
      })),
    };
  });
  return { arn: role, agent: "triage", createdAt: 0, uses: { known: services } };
}

/** What CloudTrail tells of attempts in the last days: of secrets alone */
function recorded(attempts: readonly Attempt[], days: number): CallHistory {
  const calls = attempts.flatMap(({ task, data, action, daysAgo, named }) => {
    const { kind, place = "" }: { kind: string; place?: string } = DATASETS[data];
    if (kind !== "secret" || daysAgo > days) return [];
    return [{ role: TASKS[task], action, ...TARGETS[named](place), at: AT - daysAgo * DAY }];
  });
  return { since: AT - days * DAY, calls };
}

/** Datasets whose calls a trail writes down, and for how many days it does */
interface Trail {
  readonly selected: readonly Name[];
  readonly days: number;
  /** Whether it writes down what is listed too, or a prefix alone */
  readonly isOfBuckets: boolean;
}

const trail: fc.Arbitrary<Trail> = fc.record({
  selected: fc.subarray<Name>(["articles", "logs", "notes"]),
  days: fc.integer({ min: 0, max: 400 }),
  isOfBuckets: fc.boolean(),
});

/** What the files of a trail show of attempts */
function written(attempts: readonly Attempt[], { selected, days, isOfBuckets }: Trail): TrailHistory {
  const calls = attempts.flatMap(({ task, data, action, daysAgo }) => {
    const isListing = action === "s3:ListBucket";
    if (!selected.includes(data) || daysAgo > days || (isListing && !isOfBuckets)) return [];
    return [{ role: TASKS[task], action, target: DATASETS[data].place, at: AT - daysAgo * DAY }];
  });
  const selectors = selected.map((name) => {
    const { kind, place } = DATASETS[name];
    const bucket = isOfBuckets ? place.slice(0, place.indexOf("/") + 1) : place;
    const arns = {
      equal: [`arn:aws:dynamodb:eu-central-1:111122223333:table/${place}`],
      begin: [`arn:aws:s3:::${bucket}`],
    };
    const type = kind === "table" ? "AWS::DynamoDB::Table" : "AWS::S3::Object";
    return {
      type,
      isRead: true,
      isWritten: true,
      arns: kind === "table" ? { ...arns, begin: [] } : { ...arns, equal: [] },
    };
  });
  const region = "eu-central-1";
  const record = {
    trail: "agents",
    regions: new Map([[region, { from: AT - days * DAY, until: AT }]]),
    selections: [{ since: AT - days * DAY, selectors }],
    tablesIn: [region],
    bucketsIn: new Map(["kb", "ci"].map((bucket) => [bucket, { known: region }])),
  };
  return { calls, record: { known: record } };
}

const ALL_ACTIONS = Object.values(DATASETS).flatMap(({ kind, accesses }) =>
  accesses.flatMap((access) => dataActions(kind, access)),
);

test("no access that was used within the days is ever proposed to be taken away", () => {
  const proposed = { "access advisor": 0, CloudTrail: 0, trail: 0 };
  fc.assert(
    fc.property(
      fc.array(attempt, { maxLength: 12 }),
      fc.subarray([...new Set(ALL_ACTIONS)]),
      fc.integer({ min: 1, max: 400 }),
      fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
      fc.option(trail, { nil: undefined }),
      (attempts, tracked, days, recordedDays, drawn) => {
        const roles = [TASKS.one, TASKS.apart].map((role) => told(role, attempts, new Set(tracked)));
        const not = { unknown: "left out" };
        const cloudtrail: Asked<CallHistory> =
          recordedDays === undefined ? not : { known: recorded(attempts, recordedDays) };
        const read = drawn && { trail: { known: written(attempts, drawn) } };
        const deployed = { at: AT, aws: { known: roles }, cloudtrail, ...read, kubernetes: not, registry: not };
        const { narrowings } = comparisonOf([agent], deployed, days);
        const unused = narrowings.flatMap((one) => one.unused);
        for (const { by } of unused) proposed[by] += 1;
        const used = new Set(
          attempts
            .filter(({ daysAgo }) => daysAgo <= days)
            .map(({ task, data, access }) => `${task} ${data}:${access}`),
        );
        expect(
          unused.map(({ task, data, access }) => `${task} ${data}:${access}`).filter((one) => used.has(one)),
        ).toEqual([]);
      },
    ),
  );
  expect(Math.min(...Object.values(proposed))).toBeGreaterThan(0);
});
