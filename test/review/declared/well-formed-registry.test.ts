import { byKey } from "../../../domain/by-text";
import { isRecord } from "../../../domain/is-record";
import fc from "fast-check";
import { LIMITS } from "../../../domain";
import { registrySchema } from "../../../review/reach/declared/registry-schema";
import { wellFormedRegistry } from "../../../domain/registry/read";
import rows from "../../cases/review/declared.json";
import { edited, smallRegistry } from "../../support/review/declared-fleet";
import { depth } from "../../support/depth";

/** JSON that a test changes in place */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Editable = any;

/** A registry in which something stands at each place that the schema knows */
function fullRegistry(): Editable {
  const registry: Editable = structuredClone(smallRegistry());
  const issuer = {
    issuer: "https://idp.acme.example",
    jwksUri: "https://idp.acme.example/jwks",
    algorithms: ["ES256"],
  };
  registry.trust = { issuers: [issuer], starters: [{ ...issuer, starts: ["event", "schedule"] }] };
  const [agent] = Object.values<Editable>(registry.agents);
  agent.revocationHorizon = [{ path: "aws", seconds: 0, because: "" }];
  agent.clients = ["desk"];
  agent.memory = "shared";
  agent.serves = {
    way: {
      ...{ kind: "a2a", port: 8081, paths: ["/a2a"], tasks: ["look"], sensitivity: "public", clearance: "restricted" },
      ...{ untrusted: true, host: "desk.acme.example", pushes: { tool: "web", action: "get" } },
      card: {
        version: "1.0.0",
        description: "d",
        skills: { look: { name: "n", description: "d", tags: ["t"], examples: ["e"] } },
        ...{ inputModes: ["text/plain"], outputModes: ["text/plain"], streaming: true },
      },
    },
    other: {
      ...{ kind: "http", port: 8082, paths: ["/", "/b/"], tasks: [], sensitivity: "internal", clearance: "internal" },
    },
  };
  agent.concurrency = "one-user";
  registry.people = {
    ...issuer,
    clientId: "approvals",
    groupsClaim: "groups",
    recentLoginSeconds: 900,
    operators: ["on-call"],
    host: "approvals.acme.example",
    approvers: {
      leads: {
        ...{ claim: "/leads", clearance: "restricted" },
        notify: { host: "hooks.acme.example", secret: "arn", format: "slack" },
      },
    },
  };
  const [task] = Object.values<Editable>(agent.tasks);
  task.data = { notes: ["read", "write"] };
  task.delegates = {
    "other.task": { depth: 1, actions: "any", data: ["notes:read"], sensitivity: "public", ttlSeconds: 60 },
    "other.more": { depth: 2, actions: ["desk.read"], data: "any", sensitivity: "restricted", ttlSeconds: 60 },
  };
  task.approval = { group: "leads", requestOpenSeconds: 60, decisionGoodForSeconds: 60, people: 2 };
  task.budgets = [
    { limit: 0.5, period: "run", actions: ["desk.read"], sumOf: "amount" },
    { limit: 1, period: "day" },
  ];
  task.orders = [{ first: ["desk.read"], then: [], within: "session" }];
  task.observe = { until: "2027-06-30T23:59:59Z", reason: "" };
  task.aws = { role: "arn:aws:iam::111122223333:role/r", sessionPolicy: "" };
  registry.tools.full = {
    kind: "http",
    url: "https://desk.acme.example",
    clearance: "internal",
    untrustedOutput: false,
    capabilities: ["prompts", "tasks"],
    actsAs: { service: "s", bind: { user: "u" } },
    actions: {
      put: {
        impact: "low",
        writes: true,
        outward: false,
        outwardReason: "",
        touches: { notes: ["scan"] },
        match: { method: "PUT", path: "/p", body: { type: ["object", { deep: [null, 1, "x"] }] } },
      },
      call: { impact: "high", writes: false, outward: true, touches: {}, match: { tool: "t" }, pin: "p" },
      look: {
        impact: "low",
        writes: false,
        outward: true,
        touches: {},
        match: { tool: "l" },
        unpinned: { reason: "r" },
      },
      ask: {
        impact: "high",
        writes: false,
        outward: true,
        touches: {},
        match: { model: "m", apis: ["anthropic.messages"], maxOutputTokens: 1, allows: ["background"] },
      },
    },
  };
  registry.datasets.full = {
    ...{ kind: "table", sensitivity: "confidential", account: "a", key: "k", bucket: "b", prefix: "", secret: "s" },
    ...{ table: "t", indexes: ["i"], boundTo: "session", untrusted: true },
  };
  return registry;
}

function listOf<T>(count: number, entry: T): readonly T[] {
  return Array.from({ length: count }, () => entry);
}

const ODD: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 1.5, 2 ** 53, 1e999, "", " ", "any", "user", "read", "active", "low", "x.y", "x:y"],
  ...["x:read", "x.y.z", "x\n", "X", "a".repeat(63), "a".repeat(64), "public", "2027-02-28T00:00:00Z"],
  ...["2028-02-29T00:00:00Z", "2027-02-29T00:00:00Z", "2027-06-31T00:00:00Z", "2027-06-30T24:00:00Z"],
  ...["2027-06-30T00:00:00.0Z", "2027-06-30T00:00:00+00:00", "2027-06-30T00:00Z", "ambit.registry/2"],
  ...[[], {}, [""], ["read"], ["any"], { constructor: ["read"] }, { "": 1 }, { x: { y: 1 } }, [["read"]]],
  ...[LIMITS.orders.ceiling + 1, LIMITS.namedActions.ceiling + 1].map((count) => listOf(count, "desk.read")),
  listOf(LIMITS.budgets.ceiling + 1, { limit: 1, period: "run" }),
];
const NAMES = ["constructor", "toString", "x", "X", "1", "", "a.b", "a:read", "body", "sumOf", "aws", "-"];

type Mutation = (holder: Editable, key: string) => void;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom(...ODD).map(
    (odd): Mutation =>
      (holder, key) =>
        (holder[key] = structuredClone(odd)),
  ),
  fc.constant<Mutation>((holder, key) => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key])),
  fc.constantFrom(...NAMES).map((name): Mutation => (holder, key) => {
    if (!Array.isArray(holder)) holder[name] = holder[key];
  }),
  fc.constantFrom(...NAMES).map((name): Mutation => (holder, key) => {
    if (Array.isArray(holder)) return;
    holder[name] = holder[key];
    delete holder[key];
  }),
);

function places(value: Editable): [Editable, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [[value, key] as [Editable, string], ...places(value[key])]);
}

const mutated = fc.array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: 3 }).map((mutations) => {
  const registry = fullRegistry();
  for (const [at, mutate] of mutations) {
    const all = places(registry);
    mutate(...(all[at % all.length] as [Editable, string]));
  }
  return registry;
});

/** Written as it is, with the order of its keys */
/** Whole, with keys in one order: the schema puts them into its own */
const written = (value: unknown) =>
  JSON.stringify(value, (_, held: unknown) =>
    isRecord(held) ? Object.fromEntries(Object.entries(held).sort(byKey)) : held,
  );

test("a registry of everything is well-formed, and read as the schema reads it", () => {
  const read = wellFormedRegistry(fullRegistry());
  expect(read).toEqual(registrySchema.parse(fullRegistry()));
  expect(written(read)).toBe(written(registrySchema.parse(fullRegistry())));
});

test.each([
  ["budgets", LIMITS.budgets.ceiling, { limit: 1, period: "run" }],
  ["orders", LIMITS.orders.ceiling, { first: ["desk.read"], then: [], within: "run" }],
])("as many %s as a task may declare are read, and no more", (key, most, entry) => {
  const registry = fullRegistry();
  const [task] = Object.values<Editable>(Object.values<Editable>(registry.agents)[0].tasks);
  for (const count of [most, most + 1]) {
    task[key] = listOf(count, entry);
    expect(wellFormedRegistry(registry) !== undefined).toBe(count === most);
    expect(registrySchema.safeParse(registry).success).toBe(count === most);
  }
});

test("the fast check accepts nothing that the schema refuses or reads in another way, for any value at any place", () => {
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(mutated, (registry) => {
      const read = wellFormedRegistry(registry);
      const strict = registrySchema.safeParse(registry);
      if (read === undefined) return void (refused += 1);
      taken += 1;
      expect(strict.error?.issues).toBeUndefined();
      expect(read).toEqual(strict.data);
      expect(written(read)).toBe(written(strict.data));
    }),
    { numRuns: depth(500) },
  );
  expect(taken).toBeGreaterThan(depth(20, 1));
  expect(refused).toBeGreaterThan(depth(150, 15));
});

test("each odd value at each place is read as the schema reads it, or left to the schema", () => {
  const registry = fullRegistry();
  const every = depth(1, 11);
  let at = 0;
  for (const [holder, key] of places(registry)) {
    const before: unknown = holder[key];
    for (const odd of ODD) {
      if (at++ % every > 0) continue;
      holder[key] = odd;
      const read = wellFormedRegistry(registry);
      if (read !== undefined) expect(written(read)).toBe(written(registrySchema.parse(registry)));
    }
    holder[key] = before;
  }
});

test.each(rows as { readonly name: string; readonly edit: Record<string, unknown> }[])(
  "reads what the schema reads, and no more, after: $name",
  ({ edit }) => {
    const registry = edited(smallRegistry(), edit);
    const strict = registrySchema.safeParse(registry);
    const read = wellFormedRegistry(registry);
    // What is plain is not left to the schema, or all fleets would wait for it.
    expect(read === undefined).toBe(!strict.success);
    expect(written(read)).toBe(written(strict.data));
  },
);

test.each(["__proto__", "x"])("a free map with the key %s deep within is left to who looks for it", (key) => {
  const registry = fullRegistry();
  registry.tools.full.actions.put.match.body = JSON.parse(`{"a":[{"${key}":1}]}`);
  expect(wellFormedRegistry(registry) === undefined).toBe(key === "__proto__");
  registry.tools.full.actions.put.match.body = {};
  registry.tools.full.actsAs.bind = JSON.parse(`{"${key}":"u"}`);
  expect(wellFormedRegistry(registry) === undefined).toBe(key === "__proto__");
});

test("a free map that is nested too deep is left to who measures it", () => {
  const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  const registry = fullRegistry();
  registry.tools.full.actions.put.match.body = nested(40);
  expect(wellFormedRegistry(registry)).toBeDefined();
  registry.tools.full.actions.put.match.body = nested(60);
  expect(wellFormedRegistry(registry)).toBeUndefined();
});

test.each([undefined, null, [], "", 1, {}])("%j is no registry", (document) =>
  expect(wellFormedRegistry(document)).toBeUndefined(),
);
