import fc from "fast-check";
import { STARTS } from "../../../domain";
import {
  BUDGETS,
  DATA,
  DATASETS,
  DELEGATES,
  DESTINATIONS,
  GROUPS,
  SPIFFE_IDS,
  TIMES,
  TOOL_ACTIONS,
} from "./example-names";
import type { Change } from "./recipe";

type Name = string;

const at = (path: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Change> =>
  value.map((value) => ({ path: path.split(" "), value }));

const among = (path: string, values: readonly unknown[]): fc.Arbitrary<Change> => at(path, fc.constantFrom(...values));

const one = (
  path: (name: Name) => string,
  names: readonly Name[],
  value: fc.Arbitrary<unknown>,
): fc.Arbitrary<Change> => fc.constantFrom(...names).chain((name) => at(path(name), value));

const names = (all: readonly Name[], most: number): fc.Arbitrary<unknown> =>
  fc.subarray([...all], { maxLength: most }).map((some) => Object.fromEntries(some.map((name) => [name, true])));

const anyOr = (all: readonly Name[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant("any") }, { weight: 2, arbitrary: names(all, 4) });

/** In a set or taken out of it */
const member = fc.constantFrom(true, undefined);
const rank = fc.integer({ min: 0, max: 3 });
const depth = fc.integer({ min: 1, max: 3 });
const ttl = fc.constantFrom(60, 299, 300, 301, 599, 600, 900, 3600);

const edge = fc.record({
  depth,
  actions: anyOr(TOOL_ACTIONS),
  data: anyOr(DATA),
  sensitivity: rank,
  ttlSeconds: ttl,
});
const wideEdge = fc.record({
  depth,
  actions: fc.constant("any"),
  data: fc.constant("any"),
  sensitivity: fc.constant(3),
  ttlSeconds: fc.constant(3600),
});
const aws = fc.record({
  data: names(DATA, 3),
  reads: fc.integer({ min: -1, max: 3 }),
  writes: fc.integer({ max: 4, min: 0 }),
});
const budget = fc.record({ limit: fc.constantFrom(0, 1, 10, 20, 50, 50_000_000), actions: anyOr(TOOL_ACTIONS) });
const order = fc.record({
  first: fc.subarray([...TOOL_ACTIONS], { maxLength: 2 }),
  then: names(TOOL_ACTIONS, 3),
  within: fc.constantFrom("run", "session"),
});

const TASK = "agents @agent tasks @task";
const AGENT = [
  at("agents @agent suspended", fc.constant(true)),
  at("agents @hop0 suspended", fc.constant(true)),
  one((id) => `agents ${id} suspended`, SPIFFE_IDS.slice(0, -1), fc.boolean()),
  among("agents @agent expires", TIMES.end),
  among("agents @hop0 expires", TIMES.end),
  among("agents @hop1 expires", TIMES.end),
  among("agents @agent session idleSeconds", [119, 120, 121, 900]),
  among("agents @agent session totalSeconds", [3599, 3600, 3601]),
  among("agents @agent", [undefined]),
  among("agents @hop0", [undefined]),
  among("agents @hop0 name", ["renamed"]),
];
const GRANTS = [
  at(`${TASK} startedBy`, names(STARTS, 3)),
  at(`${TASK} ttlSeconds`, ttl),
  one((name) => `${TASK} actions ${name}`, TOOL_ACTIONS, member),
  one((key) => `${TASK} data ${key}`, DATA, member),
  at(`${TASK} aws`, fc.option(aws, { nil: null })),
  among(`${TASK} aws reads`, [-1, 0, 1, 2, 3]),
  among(`${TASK} aws writes`, [0, 1, 2, 3, 4]),
  among(TASK, [undefined]),
];
const CONTROLS = [
  among(`${TASK} approvalGroup`, ["", ...GROUPS]),
  one((key) => `${TASK} budgets ${key}`, BUDGETS, budget),
  at(`${TASK} orders`, fc.array(order, { maxLength: 2 })),
  at(`${TASK} orders 0`, order),
  among(`${TASK} observeUntil`, [0, ...TIMES.end]),
  among(`${TASK} observeUntil`, [TIMES.end.at(-1)]),
  among("intentRequired", [true, false]),
];
const EDGE = "agents @hop0 tasks @hop-task0 delegates @edge0";
const EDGES = [
  at(EDGE, fc.oneof(edge, wideEdge)),
  at("agents @hop1 tasks @hop-task1 delegates @edge1", fc.oneof(edge, wideEdge)),
  at("agents @hop2 tasks @hop-task2 delegates @edge2", wideEdge),
  at(`${EDGE} depth`, depth),
  at(`${EDGE} actions`, anyOr(TOOL_ACTIONS)),
  at(`${EDGE} data`, anyOr(DATA)),
  at(`${EDGE} sensitivity`, rank),
  at(`${EDGE} ttlSeconds`, ttl),
  among(EDGE, [undefined]),
  one((name) => `${TASK} delegates ${name}`, DELEGATES, fc.option(edge, { nil: undefined })),
];
const TOOLS = [
  among("tools @tool destination", DESTINATIONS),
  at("tools @tool clearance", rank),
  at("tools @tool actsAsUser", fc.boolean()),
  at("tools @tool actions @action high", fc.boolean()),
  at("tools @tool actions @action outward", fc.boolean()),
  at("tools @tool actions @action touches", names(DATA, 2)),
  among("tools @tool", [undefined]),
  among("tools @tool actions @action", [undefined]),
  one((name) => `datasets ${name}`, DATASETS, rank),
  one((name) => `datasets ${name}`, DATASETS, fc.constant(undefined)),
];

/** One field of the policy moved: mostly of the agent, task, tool or edge that the request is about */
export const policyChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.oneof(...AGENT) },
  { weight: 3, arbitrary: fc.oneof(...GRANTS) },
  { weight: 3, arbitrary: fc.oneof(...CONTROLS) },
  { weight: 4, arbitrary: fc.oneof(...EDGES) },
  { weight: 3, arbitrary: fc.oneof(...TOOLS) },
);
