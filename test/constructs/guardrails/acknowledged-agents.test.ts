import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { type Judgement, judgeAgents } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { Agent, Dataset, Fleet, Tool } from "../../../constructs";
import type { RegistryDocument } from "../../../domain";
import { servedPlainly } from "../../support/served";
import { CLOCK, platformWith } from "../../support/synth";

const contracts = Dataset.external("contracts", { sensitivity: "confidential" });
const parcels = Dataset.bucket("parcels", { bucket: "acme-parcels", prefix: "parcels/", sensitivity: "confidential" });
const docs = Tool.mcp("docs", {
  url: "https://docs.acme.example/mcp",
  clearance: "restricted",
  untrustedOutput: true,
  actions: {
    search: { tool: "search", readOnly: true, unpinned: { reason: "the vendor changes it every week" } },
    fetch: { tool: "fetch", readOnly: true, touches: [contracts.read()], pin: `sha256:${"a".repeat(64)}` },
    purge: { tool: "purge", pin: `sha256:${"b".repeat(64)}` },
  },
});
const mail = Tool.http("mail", {
  url: "https://mail.acme.example",
  clearance: "restricted",
  untrustedOutput: false,
  actions: {
    send: { method: "POST", path: "/messages", outward: { is: true, reason: "customers read it" } },
    list: { method: "GET", path: "/messages" },
  },
});

const common = {
  owner: "team@acme.example",
  purpose: "Shows what ends an acknowledgement",
  expires: "2027-06-30",
  workload: { namespace: "apps" },
} as const;
class Mailer extends Agent.define("mailer", {
  ...common,
  owner: "mail@acme.example",
  tasks: {
    send: { startedBy: "delegation", tools: [mail.allow("send")] },
    other: { startedBy: "delegation" },
  },
  serves: servedPlainly("send", "other"),
}) {}
class Clerk extends Agent.define("clerk", {
  ...common,
  tasks: {
    work: { startedBy: "user", tools: [docs.allow("search", "fetch")], data: [parcels.read(), contracts.read()] },
    write: { startedBy: "user", delegates: [Mailer.task("send")] },
  },
  serves: servedPlainly("work"),
}) {}

/** As a folder has it */
const written = (platform = platformWith()): RegistryDocument =>
  JSON.parse(JSON.stringify(registryDocument({ platform, fleet: Fleet.of(Mailer, Clerk) }))) as RegistryDocument;

type Path = readonly string[];

/** The registry with another value at a path */
function changed<T>(value: T, [key, ...rest]: Path, to: unknown): T {
  if (key === undefined) return to as T;
  const held = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { ...held, [key]: changed(held[key], rest, to) } as T;
}

const FINDINGS = [
  "AMBIT-AGENT-DELEGATION-UNBOUNDED[delegate::write::mailer.send]",
  "AMBIT-AGENT-TOOL-UNPINNED[tool::docs.search]",
];

function judged(registry: RegistryDocument): Judgement {
  const rules = RULES.filter(({ id }) => FINDINGS.some((finding) => finding.startsWith(`${id}[`)));
  return judgeAgents(registry, { rules, now: CLOCK.now() });
}

/** What is acknowledged of the clerk */
const acknowledged = judged(written()).refused.map(({ id, hash }) => ({
  finding: id,
  hash,
  reason: "a trial of two months",
  owner: "team@acme.example",
  expires: "2027-03-31",
}));

const withAcknowledged = (registry: RegistryDocument): RegistryDocument =>
  changed(registry, ["agents", "clerk", "acknowledged"], acknowledged);

test("two findings of an agent are acknowledged", () => {
  expect(acknowledged.map(({ finding }) => finding).sort()).toEqual(FINDINGS);
  expect(judged(withAcknowledged(written()))).toMatchObject({ refused: [], void: [], acknowledged: [{}, {}] });
});

const work = ["agents", "clerk", "tasks", "work"];
const ENDS: readonly (readonly [string, Path, unknown])[] = [
  ["the tool is at another address", ["tools", "docs", "url"], "https://evil.example/mcp"],
  ["the tool acts by another identity", ["tools", "docs", "actsAs"], { service: "admin", reason: "it is one" }],
  ["an action that is called writes", ["tools", "docs", "actions", "search", "writes"], true],
  ["an action that was pinned has no pin", ["tools", "docs", "actions", "fetch", "pin"], undefined],
  ["the task calls another action", [...work, "tools", "docs"], ["search", "fetch", "purge"]],
  ["a dataset lies in another bucket", ["datasets", "parcels", "bucket"], "acme-payroll"],
  ["a dataset that a tool touches is more sensitive", ["datasets", "contracts", "sensitivity"], "restricted"],
  ["the task writes data", [...work, "data", "parcels"], ["read", "write"]],
  ["it is started by an event", [...work, "startedBy"], ["event", "user"]],
  ["it lives longer", [...work, "ttlSeconds"], 3600],
  ["another task comes", ["agents", "clerk", "tasks", "more"], { ...written().agents["clerk"]?.tasks["work"] }],
  ["other clients start it", ["agents", "clerk", "clients"], ["anyone"]],
  ["it remembers across users", ["agents", "clerk", "memory"], "shared"],
  ["its callers are not trusted", ["agents", "clerk", "serves", "http", "untrusted"], true],
  ["it is another service account", ["agents", "clerk", "workload", "serviceAccount"], "admin"],
  ["who gets its work calls more", ["agents", "mailer", "tasks", "send", "tools", "mail"], ["list", "send"]],
  ["what is called by who gets its work is elsewhere", ["tools", "mail", "url"], "https://evil.example"],
];

test.each(ENDS)("fails when %s: each finding of the agent is another one", (_, path, to) => {
  const { refused, void: ended } = judged(withAcknowledged(changed(written(), path, to)));
  expect(refused.map(({ id }) => id)).toEqual(expect.arrayContaining(FINDINGS));
  expect(ended.map(({ because }) => because)).toEqual(["changed", "changed"]);
});

const STAYS: readonly (readonly [string, Path, unknown])[] = [
  ["it may act for longer", ["agents", "clerk", "expires"], "2028-06-30T00:00:00Z"],
  ["another group answers for it", ["agents", "clerk", "secondOwner"], "more@acme.example"],
  ["its purpose is told in other words", ["agents", "clerk", "purpose"], "Does clerical work"],
  ["it is suspended", ["agents", "clerk", "state"], "suspended"],
  ["its risk is derived in another way", ["agents", "clerk", "risk"], { tier: "low", score: 1 }],
  ["a tool that is called has a new release", ["tools", "docs", "actions", "fetch", "pin"], `sha256:${"c".repeat(64)}`],
  ["an action that it does not call is another one", ["tools", "docs", "actions", "purge", "impact"], "high"],
  ["data has a new key", ["datasets", "parcels", "key"], "arn:aws:kms:eu-central-1:111122223333:key/2"],
  [
    "a task of others that gets no work from it is another one",
    ["agents", "mailer", "tasks", "other", "ttlSeconds"],
    60,
  ],
  ["an agent comes", ["agents", "new"], { ...written().agents["clerk"] }],
];

test.each(STAYS)("acknowledgements stay where %s", (_, path, to) => {
  const { refused, void: ended } = judged(withAcknowledged(changed(written(), path, to)));
  expect([ended, refused.filter(({ address }) => address === "agent.clerk")]).toEqual([[], []]);
});

test("acknowledgements are the same on each platform that has the fleet", () => {
  const other = written(platformWith({ name: "staging", trustDomain: "staging.acme.example" }));
  expect(judged(withAcknowledged(other))).toMatchObject({ refused: [], void: [] });
});

test("what is worked out by synth and of a folder is the same", () => {
  const registry = registryDocument({ platform: platformWith(), fleet: Fleet.of(Mailer, Clerk) });
  expect(judged(withAcknowledged(registry))).toMatchObject({ refused: [], void: [] });
});

test.each([
  ["expires", "2027-02-30", "expires must be an existing day as YYYY-MM-DD"],
  ["owner", "me", "owner must be a mail address"],
])("fails when a registry has a malformed acknowledgement, by its %s", (property, to, why) => {
  const [first, ...others] = acknowledged;
  const given = [{ ...first, [property]: to }, ...others];
  const registry = changed(written(), ["agents", "clerk", "acknowledged"], given);
  const { refused, malformed } = judged(registry);
  expect(refused).toMatchObject([{ id: acknowledged[0]?.finding }]);
  expect(malformed).toMatchObject([{ address: "agent.clerk", why: expect.stringContaining(why) as unknown }]);
});

test("fails when an acknowledgement is copied to another agent that may do the same", () => {
  const registry = withAcknowledged(written());
  const copied = changed(registry, ["agents", "copy"], { ...registry.agents["clerk"] });
  const { refused, void: ended } = judged(copied);
  expect(refused.map(({ address }) => address)).toEqual(["agent.copy", "agent.copy"]);
  expect(ended.map(({ address, because }) => [address, because])).toEqual([
    ["agent.copy", "changed"],
    ["agent.copy", "changed"],
  ]);
});
