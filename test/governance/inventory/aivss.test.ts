import fc from "fast-check";
import { Sensitivity } from "../../../domain";
import { AIVSS_FACTORS, type AivssFactorName, aivssOf } from "../../../governance/inventory/aivss";
import type { Registry, RegistryAgent, RegistryTask } from "../../../review/reach/declared/registry";
import "../../support/depth";
import { agentOf } from "../../support/domain";
import { registryOfFleet } from "../../support/inventory/outputs";

const LEVELS = ["public", "internal", "confidential", "restricted"] as const;
const action = (match: object, of: object = {}) => ({
  impact: "low" as const,
  writes: false,
  outward: false,
  touches: {},
  match: match as { tool: string },
  ...of,
});
const tool = (kind: "http" | "mcp" | "model", untrustedOutput: boolean, actions: object) => ({
  kind,
  url: "https://tool.acme.example",
  clearance: Sensitivity.RESTRICTED,
  untrustedOutput,
  actsAs: "user" as const,
  actions: actions as Record<string, ReturnType<typeof action>>,
});

const TOOLS = {
  crm: tool("http", false, { get: action({}), put: action({}, { writes: true }), send: action({}, { outward: true }) }),
  pay: tool("mcp", false, {
    pay: action({ tool: "pay" }, { impact: "high" }),
    look: action({ tool: "look" }, { unpinned: { reason: "theirs" } }),
  }),
  web: tool("http", true, { query: action({}) }),
  llm: tool("model", false, { ask: action({ model: "m", apis: [], maxOutputTokens: 1, allows: [] }) }),
} as const;
const DATASETS = Object.fromEntries(
  LEVELS.flatMap((level) =>
    [false, true].map((untrusted) => [
      untrusted ? `${level}-untrusted` : level,
      { kind: "external" as const, sensitivity: Sensitivity.of(level, "test"), ...(untrusted && { untrusted }) },
    ]),
  ),
);
const BASE = registryOfFleet(agentOf());
const REGISTRY: Registry = { ...BASE, tools: TOOLS, datasets: DATASETS };
const BLANK = BASE.agents["triage"] as RegistryAgent;
const BLANK_TASK: RegistryTask = { ...(BLANK.tasks["answer"] as RegistryTask), startedBy: ["delegation"] };
const APPROVAL = { group: "leads", requestOpenSeconds: 60, decisionGoodForSeconds: 60 };

function agent(task: Partial<RegistryTask>, of: Partial<RegistryAgent> = {}): RegistryAgent {
  return { ...BLANK, ...of, tasks: { answer: { ...BLANK_TASK, ...task } } };
}

function factor(name: AivssFactorName, one: RegistryAgent, receivesWork = false): number {
  const { factors } = aivssOf(REGISTRY, one, receivesWork);
  return factors.find((each) => each.factor === name)?.value ?? NaN;
}

const edge = { depth: 1, actions: "any", data: "any", sensitivity: Sensitivity.PUBLIC, ttlSeconds: 60 } as const;
const way = {
  kind: "http",
  port: 1,
  paths: ["/"],
  tasks: ["answer"],
  sensitivity: Sensitivity.PUBLIC,
  clearance: Sensitivity.PUBLIC,
} as const;

type Row = readonly [AivssFactorName, string, number, RegistryAgent, boolean?];

test.each<Row>([
  ["autonomy", "is started by a user and changes nothing", 0, agent({ startedBy: ["user"] })],
  [
    "autonomy",
    "is started by a user and changes by approval",
    0,
    agent({ startedBy: ["user"], tools: { crm: ["put"] }, approval: APPROVAL }),
  ],
  [
    "autonomy",
    "is started by a user and changes without approval",
    0.5,
    agent({ startedBy: ["user"], tools: { crm: ["put"] } }),
  ],
  [
    "autonomy",
    "is started by a schedule and changes nothing",
    0.5,
    agent({ startedBy: ["schedule"], tools: { crm: ["get"] } }),
  ],
  [
    "autonomy",
    "is started by a schedule and changes by approval",
    0.5,
    agent({ startedBy: ["schedule"], data: { internal: ["write"] }, approval: APPROVAL }),
  ],
  [
    "autonomy",
    "is started by an event and changes without approval",
    1,
    agent({ startedBy: ["event"], data: { internal: ["delete"] } }),
  ],
  [
    "autonomy",
    "starts itself and sends without approval",
    1,
    agent({ startedBy: ["agent"], tools: { crm: ["send"] } }),
  ],
  ["tool use", "calls no tool", 0, agent({})],
  ["tool use", "only reads", 0.5, agent({ tools: { crm: ["get"] } })],
  ["tool use", "writes", 1, agent({ tools: { crm: ["put"] } })],
  ["tool use", "sends", 1, agent({ tools: { crm: ["send"] } })],
  ["tool use", "has high impact", 1, agent({ tools: { pay: ["pay"] } })],
  ["multi-agent", "works alone", 0, agent({})],
  ["multi-agent", "hands on", 0.5, agent({ delegates: { "other.task": edge } })],
  ["multi-agent", "gets work", 0.5, agent({}), true],
  ["multi-agent", "gets work and hands it on", 1, agent({ delegates: { "other.task": edge } }), true],
  ["non-determinism", "declares no model", 0.5, agent({})],
  ["non-determinism", "calls a model", 1, agent({ tools: { llm: ["ask"] } })],
  ["self-modification", "writes only", 0, agent({ data: { "internal-untrusted": ["write"] } })],
  [
    "self-modification",
    "deletes and reads untrusted content",
    0,
    agent({ data: { "internal-untrusted": ["delete", "read"] } }),
  ],
  ["self-modification", "has a tool without a pin", 0.5, agent({ tools: { pay: ["look"] } })],
  [
    "self-modification",
    "reads back untrusted content",
    1,
    agent({ data: { "internal-untrusted": ["read", "write"] } }),
  ],
  ["dynamic identity", "acts as itself", 0, agent({})],
  ["dynamic identity", "acts for users", 0.5, agent({ startedBy: ["user"] })],
  ["dynamic identity", "gets AWS credentials by federation", 1, agent({}, { credentials: "oidc" })],
  ["persistent memory", "keeps nothing", 0, agent({ data: { internal: ["read"] } })],
  ["persistent memory", "reads back what it writes", 0.5, agent({ data: { internal: ["read", "write"] } })],
  ["persistent memory", "remembers across users", 1, agent({}, { memory: "shared" })],
  ["natural language input", "takes in no text", 0, agent({ startedBy: ["schedule"] })],
  ["natural language input", "takes in users' requests", 0.5, agent({ startedBy: ["user"] })],
  ["natural language input", "gets work", 0.5, agent({}), true],
  ["natural language input", "reads untrusted data", 1, agent({ data: { "public-untrusted": ["read"] } })],
  ["natural language input", "reads untrusted output", 1, agent({ tools: { web: ["query"] } })],
  [
    "natural language input",
    "serves callers that are not trusted",
    1,
    agent({ startedBy: ["user"] }, { serves: { http: { ...way, untrusted: true } } }),
  ],
  ["data access", "uses no data", 0, agent({})],
  ["data access", "uses public data", 0, agent({ data: { public: ["read"] } })],
  ["data access", "uses internal data", 0.5, agent({ data: { internal: ["write"] } })],
  ["data access", "uses confidential data", 1, agent({ data: { confidential: ["list"] } })],
  ["external dependencies", "relies on no tool", 0, agent({})],
  ["external dependencies", "relies on a trusted one", 0.5, agent({ tools: { crm: ["get"] } })],
  ["external dependencies", "relies on untrusted output", 1, agent({ tools: { web: ["query"] } })],
  ["external dependencies", "relies on a definition without a pin", 1, agent({ tools: { pay: ["look"] } })],
])("%s of an agent that %s is %d", (...row) => {
  const [name, , value, one, receivesWork] = row as unknown as Row;
  expect(factor(name, one, receivesWork)).toBe(value);
});

test("a profile has each factor once, in the standard's order, and their sum", () => {
  const { aars, factors } = aivssOf(REGISTRY, agent({ tools: { web: ["query"] } }), false);
  expect(factors.map((each) => each.factor)).toEqual(AIVSS_FACTORS);
  expect(aars).toBe(factors.reduce((sum, { value }) => sum + value, 0));
});

test("no agent has more than 10 of 10", () => {
  const everything = agent(
    {
      startedBy: ["user", "schedule", "event", "agent"],
      tools: { crm: ["get", "put", "send"], pay: ["pay", "look"], web: ["query"], llm: ["ask"] },
      data: { "restricted-untrusted": ["read", "write"] },
      delegates: { "other.task": edge },
    },
    { credentials: "oidc", memory: "shared" },
  );
  expect(aivssOf(REGISTRY, everything, true).aars).toBe(10);
});

const someOf = <T extends string>(all: readonly T[]) => fc.subarray([...all]);
const CALLS = Object.entries(TOOLS).flatMap(([name, { actions }]) =>
  Object.keys(actions).map((each) => `${name}.${each}`),
);
const ACCESSES = Object.keys(DATASETS).flatMap((name) => ["read", "write", "delete"].map((kind) => `${name}.${kind}`));

const drawn = fc.record({
  startedBy: someOf(["user", "delegation", "schedule", "event", "agent"] as const),
  calls: someOf(CALLS),
  data: someOf(ACCESSES),
  handsOn: fc.boolean(),
  isApproved: fc.boolean(),
  isFederated: fc.boolean(),
  remembers: fc.boolean(),
  receivesWork: fc.boolean(),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

const grouped = (texts: readonly string[]): Record<string, never[]> => {
  const groups: Record<string, string[]> = {};
  for (const text of texts) {
    const [name = "", last = ""] = text.split(".");
    (groups[name] ??= []).push(last);
  }
  return groups as Record<string, never[]>;
};

const made = ({ startedBy, calls, data, handsOn, isApproved, isFederated, remembers }: Drawn): RegistryAgent =>
  agent(
    {
      startedBy,
      tools: grouped(calls),
      data: grouped(data),
      delegates: handsOn ? { "other.task": edge } : {},
      ...(isApproved && { approval: APPROVAL }),
    },
    { credentials: isFederated ? "oidc" : "brokered", ...(remembers && { memory: "shared" as const }) },
  );

test("a gained right never lowers a factor, and neither does a removed control", () => {
  fc.assert(
    fc.property(drawn, drawn, (one, more) => {
      const both: Drawn = {
        startedBy: [...new Set([...one.startedBy, ...more.startedBy])],
        calls: [...new Set([...one.calls, ...more.calls])],
        data: [...new Set([...one.data, ...more.data])],
        handsOn: one.handsOn || more.handsOn,
        isApproved: one.isApproved && more.isApproved,
        isFederated: one.isFederated || more.isFederated,
        remembers: one.remembers || more.remembers,
        receivesWork: one.receivesWork || more.receivesWork,
      };
      const before = aivssOf(REGISTRY, made(one), one.receivesWork);
      const after = aivssOf(REGISTRY, made(both), both.receivesWork);
      const fell = before.factors.filter(({ value }, at) => value > (after.factors[at]?.value ?? NaN));
      expect(fell).toEqual([]);
    }),
  );
});
