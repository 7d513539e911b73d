import { printable } from "../../../domain/printable";
import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import { jsonRadius } from "../../../review/blast-radius/report/radius-json";
import { ranking } from "../../../review/blast-radius/report/ranking";
import type { BlastRadius } from "../../../review/blast-radius/blast-radius";
import { headingOf, type Group, groupsOf } from "../../../review/blast-radius/report/rows";
import { summary } from "../../../review/blast-radius/report/radius-words";
import { synthesize } from "../../support/example-app";
import { estateOf, filesOf, withEdits } from "../../support/review/folders";
import type { Edit } from "../../support/review/edit";

const files = filesOf(synthesize());
const radii = new BlastRadii(estateOf(files));
const REGISTRY = "ambit/registry.json";

const of = (name: string): BlastRadius => radii.of(name) as BlastRadius;
const edited = (name: string, ...edits: readonly Edit[]): BlastRadius =>
  new BlastRadii(estateOf(withEdits(files, edits))).of(name) as BlastRadius;
const keysOf = ({ reached }: BlastRadius, kind: string): readonly string[] =>
  reached
    .filter((one) => one.kind === kind)
    .map(({ target, does }) => `${target}:${does}`)
    .sort();

test.each([
  [
    "support-triage",
    "Who controls support-triage reads 4 datasets up to confidential, writes 3 datasets up to restricted, calls 6 actions " +
      "of 5 tools (1 high-impact with approval) and holds 8 permissions in AWS up to confidential, through 2 other agents; " +
      "for at most 15 min after a kill.",
  ],
  ["web-reader", "Who controls web-reader calls 1 action of 1 tool; for at most 15 s after a kill."],
  ["press-writer", "Who controls press-writer gets nothing: it is suspended."],
])("says in one sentence what an attacker in control of %s gets", (name, sentence) => {
  expect(summary(of(name), printable)).toBe(sentence);
});

test("follows delegations as far as their ceilings allow, and names the delegates", () => {
  const { reached, identities } = of("support-triage");
  expect(identities.map(({ name, how, hop }) => [hop, name, how])).toEqual([
    [0, "support-triage", "itself"],
    [1, "researcher", "works for it"],
    [2, "web-reader", "works for it"],
  ]);
  const search = reached.find(({ target }) => target === "search");
  expect(search).toMatchObject({ hop: 2, by: "web-reader", gate: "budget", lasting: { seconds: 15 } });
  expect(search?.route.map(({ what }) => what)).toEqual([
    "answer → researcher.lookup",
    "researcher.lookup → web-reader.fetch",
  ]);
});

test("the ceiling of an edge cuts what lies behind it", () => {
  const edge = "agents/support-triage/tasks/answer/delegates/researcher.lookup";
  const cut = (edits: Readonly<Record<string, unknown>>): BlastRadius =>
    edited(
      "support-triage",
      ...Object.entries(edits).map(([key, set]): Edit => ({ file: REGISTRY, at: `${edge}/${key}`, set })),
    );
  expect(keysOf(cut({ depth: 1 }), "action")).not.toContain("search:query");
  expect(keysOf(cut({ actions: ["claude.ask"] }), "action")).not.toContain("search:query");
  expect(keysOf(cut({ data: ["articles:read"] }), "data")).not.toContain("articles:list");
  expect(keysOf(cut({ sensitivity: "public" }), "data")).not.toContain("articles:list");
  expect(keysOf(cut({ sensitivity: "internal" }), "data")).toContain("articles:list");
});

test("tells apart access without approval, within a budget, and with a person's approval", () => {
  const gates = new Map(of("support-triage").reached.map(({ target, does, gate }) => [`${target}:${does}`, gate]));
  expect(gates.get("zendesk:comment")).toBe("none");
  expect(gates.get("search:query")).toBe("budget");
  expect(gates.get("payments:refund")).toBe("approval");
  expect(gates.get("orders:write")).toBe("approval");
});

test("a task that only observes is held by no budget", () => {
  const observe = { until: "2027-01-01T00:00:00Z", reason: "measured first" };
  const { reached } = edited("web-reader", {
    file: REGISTRY,
    at: "agents/web-reader/tasks/fetch/observe",
    set: observe,
  });
  expect(reached.find(({ target }) => target === "search")).toMatchObject({
    gate: "none",
    bounds: expect.arrayContaining(["budgets and order are only noted until 2027-01-01T00:00:00Z"]),
  });
});

test("credentials of AWS open what role, boundary and session policy allow together, and no more", () => {
  const pairs = keysOf(of("researcher"), "aws");
  expect(pairs.filter((pair) => !pair.includes("kms"))).toEqual([
    "arn:aws:s3:::acme-kb/articles/*:s3:GetObject",
    "arn:aws:s3:::acme-kb:s3:ListBucket",
  ]);
});

test("who has the exchange's credentials has not what the role alone allows", () => {
  const at = "resource/aws_iam_role_policy/support-triage_Role_Access_F889D58A/policy";
  const wider = edited("support-triage", {
    file: "stacks/agents/cdk.tf.json",
    at,
    from: "acme-kb/articles/*",
    to: "acme-kb/*",
  });
  expect(keysOf(wider, "aws")).toEqual(keysOf(of("support-triage"), "aws"));
});

describe("an agent that registry and stacks do not both say is suspended", () => {
  const suspended = (agent: string, state: string): Edit => ({
    file: REGISTRY,
    at: `agents/${agent}/state`,
    set: state,
  });
  const doubts = ({ unknown }: BlastRadius) => unknown.filter(({ what }) => what === "whether it is suspended");

  test.each(["support-triage", "researcher", "web-reader", "refund-clerk"])("reaches what it reached: %s", (agent) => {
    const radius = edited(agent, suspended(agent, "suspended"));
    expect([radius.of.state, radius.reached]).toEqual(["active", of(agent).reached]);
    const says = new RegExp(`^registry/agents\\.${agent}\\.state says suspended, agents/.* say active: `);
    expect(doubts(radius)).toEqual([expect.objectContaining({ why: expect.stringMatching(says) })]);
  });

  test("still works for others", () => {
    expect(edited("support-triage", suspended("researcher", "suspended")).identities).toEqual(
      of("support-triage").identities,
    );
  });

  test("acts where the stacks alone stop it", () => {
    const radius = edited("press-writer", suspended("press-writer", "active"));
    expect(radius.reached).not.toEqual([]);
    expect(doubts(radius)).toHaveLength(1);
    expect(doubts(of("press-writer"))).toEqual([]);
  });
});

test("what cannot be read is unknown, and says so", () => {
  const radius = edited("support-triage", {
    file: REGISTRY,
    at: "agents/support-triage/tasks/answer/anything",
    set: 1,
  });
  expect(radius.unknown.map(({ what }) => what)).toContain(
    "what the registry says at agents.support-triage.tasks.answer.anything",
  );
  expect(summary(radius, printable)).toMatch(/ 1 thing is unknown and counted as reached\.$/);
});

describe("who may call it from outside", () => {
  const heading = (radius: BlastRadius): string => headingOf(groupsOf(radius)[0] as Group, radius);
  const startedBy = (set: readonly string[]): Edit => ({
    file: REGISTRY,
    at: "agents/support-triage/tasks/answer/startedBy",
    set,
  });

  test.each([
    ["support-triage", "support-triage itself · called by users", [{ start: "user", from: [] }]],
    [
      "researcher",
      "researcher itself · called by support-triage.answer",
      [{ start: "delegation", from: ["support-triage.answer"] }],
    ],
    ["build-watcher", "build-watcher itself", []],
  ])("stands with %s", (name, text, calledBy) => {
    expect(heading(of(name))).toBe(text);
    expect(of(name).of.calledBy).toEqual(calledBy);
    expect(JSON.parse(jsonRadius(of(name))).of.calledBy).toEqual(calledBy);
  });

  test("lists each caller once that may start a task over a way in", () => {
    expect(heading(edited("support-triage", startedBy(["agent", "event", "user", "schedule", "delegation"])))).toBe(
      "support-triage itself · called by users, schedules, events and tasks that hand work on",
    );
  });

  test("is empty where no way in serves a startable task, or the agent is stopped", () => {
    const tasks: Edit = { file: REGISTRY, at: "agents/support-triage/serves/http/tasks", set: ["answer"] };
    expect(edited("support-triage", tasks, startedBy(["agent"])).of.calledBy).toEqual([]);
    const levels = { sensitivity: "public", clearance: "public" };
    const way = { kind: "http", port: 8_080, paths: ["/"], tasks: ["draft"], ...levels };
    const stopped = edited("press-writer", { file: REGISTRY, at: "agents/press-writer/serves", set: { http: way } });
    expect([stopped.of.state, stopped.of.calledBy]).toEqual(["suspended", []]);
  });
});

test("a role without an agent is named by its address", () => {
  const { of: who, reached } = of("foundation/aws_iam_role.ExchangeRole_727EA8D4");
  expect(who.kind).toBe("role");
  expect(reached.map(({ does }) => does)).toContain("sts:AssumeRole");
  expect(radii.of("unknown")).toBeUndefined();
  expect(radii.of("__proto__")).toBeUndefined();
});

test("ranks the agents, the one with the widest reach first", () => {
  const ranked = ranking(radii);
  expect(ranked.map(({ agent }) => agent)).toEqual([
    "ledger-reconciler",
    "support-triage",
    "build-watcher",
    "researcher",
    "refund-clerk",
    "release-scribe",
    "press-watcher",
    "web-reader",
    "press-writer",
  ]);
  expect(ranked.map(({ lastsSeconds }) => lastsSeconds)).toEqual([900, 900, 3_900, 900, 15, 15, 15, 15, 0]);
});
