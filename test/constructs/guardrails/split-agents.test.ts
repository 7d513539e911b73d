import fc from "fast-check";
import { judgeAgents } from "../../../constructs/guardrails/judge";
import { AGENT_RULES } from "../../../constructs/guardrails/rules/agents";
import type { RegistryAgent, RegistryDocument, RegistryEdge, RegistryTask } from "../../../domain";
import { depth } from "../../support/depth";
import { CLOCK } from "../../support/synth";

const action = { impact: "low", writes: false, outward: false, touches: {}, match: { method: "GET", path: "/" } };
const unpinned = { reason: "the vendor changes it every week" };
const tool = (props: object, actions: object) => ({
  ...{ kind: "http", url: "https://a.example", clearance: "restricted", untrustedOutput: false, actsAs: "user" },
  ...props,
  actions,
});
const TOOLS = {
  web: tool({ untrustedOutput: true }, { query: action }),
  mail: tool({}, { send: { ...action, outward: true }, list: action }),
  bank: tool({}, { pay: { ...action, impact: "high" } }),
  docs: tool({ kind: "mcp" }, { search: { ...action, unpinned } }),
  contracts: tool({}, { look: { ...action, touches: { contracts: ["read"] } } }),
} as unknown as RegistryDocument["tools"];
const DATASETS = {
  salaries: { kind: "external", sensitivity: "restricted" },
  contracts: { kind: "bucket", sensitivity: "confidential" },
  mails: { kind: "bucket", sensitivity: "public", untrusted: true },
} as unknown as RegistryDocument["datasets"];

/** What an agent may do, each with a number: that of the part which does it after a split */
const RIGHTS = [
  ...["web.query", "mail.send", "mail.list", "bank.pay", "docs.search", "contracts.look"],
  ...["salaries:read", "salaries:write", "contracts:read", "contracts:write", "mails:read"],
];

/** Over which all passes that the delegate may do */
const OPEN: RegistryEdge = { depth: 3, actions: "any", data: "any", sensitivity: "restricted", ttlSeconds: 60 };
const PLAIN: RegistryTask = {
  ...{ startedBy: ["delegation"], ttlSeconds: 60, tools: {}, data: {}, delegates: {}, budgets: [], orders: [] },
};

interface Whole {
  readonly rights: readonly (readonly [string, number])[];
  readonly untrusted: boolean;
  readonly memory: boolean;
  readonly observe: boolean;
  readonly approval: boolean;
  readonly budget: "all" | "bank.pay" | "mail.list" | undefined;
  /** Whether an agent of another owner hands it its work */
  readonly isHanded: boolean;
}

interface Split {
  /** Of each part but the first, the part that hands work to it: one before it */
  readonly parents: readonly number[];
  /** The part that remembers across users */
  readonly remembers: number;
  /** Whether each part has its approval and its observation, or the first alone */
  readonly isEach: boolean;
  readonly hasOtherOwners: boolean;
}

const UNSPLIT: Split = { parents: [], remembers: 0, isEach: true, hasOtherOwners: false };

/** The agent in parts, joined by delegations without a ceiling. The first has its starts, its ways in, and its controls. */
function fleetOf(whole: Whole, { parents, remembers, isEach, hasOtherOwners }: Split): RegistryDocument {
  const count = parents.length + 1;
  const agents: Record<string, RegistryAgent> = {};
  for (let part = 0; part < count; part++) {
    const rights = whole.rights.filter(([, number]) => number % count === part).map(([right]) => right);
    const children = parents.flatMap((parent, at) => (parent === part ? [[`part${at + 1}.go`, OPEN] as const] : []));
    const isControlled = isEach || part === 0;
    const task: RegistryTask = {
      ...PLAIN,
      startedBy: part > 0 ? ["delegation"] : ["delegation", "user"],
      tools: grouped(rights, "."),
      data: grouped(rights, ":") as RegistryTask["data"],
      delegates: Object.fromEntries(children),
      ...(whole.approval && isControlled && { approval: APPROVAL }),
      ...(whole.observe && isControlled && { observe: { until: "2027-01-15", reason: "a trial" } }),
      ...(whole.budget && { budgets: [budgetFor(whole.budget)] }),
    };
    agents[`part${part}`] = agentOf(task, {
      owner: hasOtherOwners && part > 0 ? `part${part}@acme.example` : "team@acme.example",
      ...(whole.memory && part === remembers % count && { memory: "shared" }),
      ...(part === 0 && { serves: { way: { ...WAY, untrusted: whole.untrusted } } }),
    });
  }
  if (whole.isHanded)
    agents["clerk"] = agentOf({ ...PLAIN, delegates: { "part0.go": OPEN } }, { owner: "other@acme.example" });
  return { agents, tools: TOOLS, datasets: DATASETS } as RegistryDocument;
}

const WAY = { kind: "http", port: 80, paths: ["/"], tasks: ["go"], sensitivity: "public", clearance: "restricted" };
const APPROVAL = { group: "leads", requestOpenSeconds: 60, decisionGoodForSeconds: 60 };

function agentOf(go: RegistryTask, props: object): RegistryAgent {
  return { credentials: "brokered", tasks: { go }, ...props } as unknown as RegistryAgent;
}

function budgetFor(what: string): RegistryTask["budgets"][number] {
  return { limit: 5, period: "day", ...(what !== "all" && { actions: [what] }) } as RegistryTask["budgets"][number];
}

function grouped(rights: readonly string[], separator: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const right of rights) {
    const [of = "", what] = right.split(separator);
    if (what !== undefined) (found[of] ??= []).push(what);
  }
  return found;
}

function rulesOf(registry: RegistryDocument): readonly string[] {
  const { refused } = judgeAgents(registry, { rules: AGENT_RULES, now: CLOCK.now() });
  return [...new Set(refused.map(({ rule }) => rule.id))].sort();
}

const whole: fc.Arbitrary<Whole> = fc.record({
  rights: fc
    .tuple(fc.subarray(RIGHTS), fc.array(fc.nat({ max: 11 }), { minLength: RIGHTS.length, maxLength: RIGHTS.length }))
    .map(([rights, numbers]) => rights.map((right, at) => [right, numbers[at]!] as const)),
  untrusted: fc.boolean(),
  memory: fc.boolean(),
  observe: fc.boolean(),
  approval: fc.boolean(),
  budget: fc.constantFrom("all", "bank.pay", "mail.list", undefined),
  isHanded: fc.boolean(),
});
/** Two to four parts: behind the agent that hands it its work, chains have at most three hops. */
const split: fc.Arbitrary<Split> = fc.record({
  parents: fc.constantFrom([0], [0, 0], [0, 1], [0, 0, 0], [0, 0, 1], [0, 1, 1]),
  remembers: fc.nat({ max: 11 }),
  isEach: fc.boolean(),
  hasOtherOwners: fc.boolean(),
});

const FULL: Whole = {
  rights: RIGHTS.map((right) => [right, 0] as const),
  ...{ untrusted: true, memory: true, observe: true, approval: false, budget: undefined, isHanded: true },
};

test("an agent with all rights and no control breaks each rule, so there is something to lose", () => {
  expect(rulesOf(fleetOf(FULL, UNSPLIT))).toEqual(AGENT_RULES.map(({ id }) => id).sort());
});

test.each([
  ["AMBIT-AGENT-UNTRUSTED-CALLERS", { untrusted: true }, ["salaries:read"]],
  ["AMBIT-AGENT-SHARED-MEMORY", { memory: true }, ["contracts:read"]],
  ["AMBIT-AGENT-OBSERVED", { observe: true }, ["mail.send"]],
  ["AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED", {}, ["bank.pay"]],
  ["AMBIT-AGENT-DELEGATION-UNBOUNDED", { isHanded: true }, ["mail.send"]],
  ["AMBIT-AGENT-TOXIC-COMBINATION", {}, ["mails:read", "contracts:read", "mail.send"]],
  ["AMBIT-AGENT-TOOL-UNPINNED", {}, ["docs.search"]],
])("%s is found of an agent, and of two that share its work", (id, change, rights) => {
  const none = { untrusted: false, memory: false, observe: false, isHanded: false };
  const agent = { ...FULL, ...none, ...change, rights: rights.map((right) => [right, 1] as const) };
  expect(rulesOf(fleetOf(agent, UNSPLIT))).toEqual([id]);
  for (const remembers of [0, 1])
    expect(rulesOf(fleetOf(agent, { ...UNSPLIT, parents: [0], remembers, isEach: false }))).toEqual([id]);
});

test("callers whose way in is cleared for less get no answer with what a delegate read", () => {
  const agent: Whole = { ...FULL, memory: false, observe: false, isHanded: false, rights: [["salaries:read", 1]] };
  const { agents, ...registry } = fleetOf(agent, { ...UNSPLIT, parents: [0] });
  const served = (clearance: string): RegistryDocument => {
    const serves = { way: { ...WAY, clearance, untrusted: true } } as unknown as RegistryAgent["serves"];
    return { ...registry, agents: { ...agents, part0: { ...agents["part0"]!, serves } } };
  };
  expect(rulesOf(served("restricted"))).toEqual(["AMBIT-AGENT-UNTRUSTED-CALLERS"]);
  expect(rulesOf(served("confidential"))).toEqual([]);
});

test("splitting an agent into parts that hand work to each other loses no finding", () => {
  fc.assert(
    fc.property(whole, split, (agent, parts) => {
      expect(rulesOf(fleetOf(agent, parts))).toEqual(expect.arrayContaining([...rulesOf(fleetOf(agent, UNSPLIT))]));
    }),
    { numRuns: depth(2_000) },
  );
});
