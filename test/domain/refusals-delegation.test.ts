import { Delegation, Fleet, type AgentDeclaration, type DelegationProps } from "../../domain";
import { agentOf, bucket, external, fails, httpTool, NUMBER_TOKEN, TOKEN, untyped } from "../support/domain";

const crm = httpTool("crm", {
  clearance: "confidential",
  actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } },
});
const letters = bucket("letters", "confidential");
const helper = agentOf(
  {
    tasks: {
      look: { startedBy: "delegation", tools: [crm.allow("get")], data: [letters.read()], ttl: "10m" },
      talk: { startedBy: ["user", "schedule"], data: [letters.read()] },
    },
  },
  "helper",
);

/** An agent whose task `go` accepts delegation and hands work to each of the others */
function hop(name: string, ...others: readonly AgentDeclaration[]): AgentDeclaration {
  const delegates = others.map((other) => Delegation.to(other, "go"));
  return agentOf({ tasks: { go: { startedBy: "delegation", delegates } } }, name);
}

/** Adds an edge after the declaration was checked, which the public API has no way to do. */
function patch(from: AgentDeclaration, to: AgentDeclaration): void {
  const task = from.tasks.get("go") as { delegates: readonly Delegation[] } | undefined;
  if (task === undefined) throw new Error("no such task");
  task.delegates = [...task.delegates, Delegation.to(to, "go")];
}

const fleetOf = (...agents: readonly AgentDeclaration[]) => Fleet.of(...agents.map((declaration) => ({ declaration })));

describe("an edge", () => {
  const where = 'delegation to "helper" task "look"';
  const edge =
    (props: { [P in keyof DelegationProps]?: unknown }, task = "look") =>
    () =>
      Delegation.to(helper, task, untyped(props));

  fails(
    "it names an unknown task",
    edge({}, "find"),
    "delegation.unknown-task",
    'delegation to "helper" task "find": the agent has no such task: it has look, talk',
  );
  fails(
    "it names what every map inherits",
    edge({}, "constructor"),
    "delegation.unknown-task",
    'delegation to "helper" task "constructor": the agent has no such task: it has look, talk',
  );
  fails(
    "the task does not accept delegation",
    edge({}, "talk"),
    "delegation.not-accepted",
    'delegation to "helper" task "talk": startedBy of the task is user, schedule: add "delegation" to its startedBy',
  );
  for (const depth of [0, 4, -1, 1.5, Number.NaN, "1"]) {
    const shown = typeof depth === "number" ? String(depth) : JSON.stringify(depth);
    fails(
      `depth is ${shown}`,
      edge({ depth }),
      "delegation.too-deep",
      `${where}: depth must be a whole number from 1 to 3, got ${shown}`,
    );
  }
  fails(
    "depth is a token",
    edge({ depth: NUMBER_TOKEN }),
    "token",
    `${where}: depth must be a plain number known at synth, got the Terraform token ${NUMBER_TOKEN}: write the number itself`,
  );

  const NARROWS = `${where}: an edge only narrows the delegate's task:`;
  const wider: readonly [string, DelegationProps, string][] = [
    ["an action of the same tool", { tools: [crm.allow("get", "put")] }, "it has no action crm.put"],
    ["another tool", { tools: [httpTool("erp").allow("get")] }, "it has no action erp.get"],
    ["another kind of access", { data: [letters.readWrite()] }, "it has no data letters:write"],
    ["other data", { data: [external("orders").read()] }, "it has no data orders:read"],
    ["higher sensitivity", { sensitivity: "restricted" }, "sensitivity must be at most confidential, got restricted"],
    ["a longer run", { ttl: "11m" }, "ttl must be at most 10m, got 11m"],
  ];
  for (const [what, props, text] of wider) {
    fails(`it is wider than the delegate by ${what}`, edge(props), "delegation.wider", `${NARROWS} ${text}`);
  }
  fails(
    "its run time is malformed",
    edge({ ttl: "10" }),
    "limit.malformed",
    `${where}: ttl must be a duration such as "15m" (s, m or h), got "10"`,
  );
  fails(
    "its run time is a token",
    edge({ ttl: TOKEN }),
    "token",
    `${where}: ttl must be a plain duration known at synth, got the Terraform token "${TOKEN}": write the duration itself`,
  );
  fails(
    "its sensitivity is unknown",
    edge({ sensitivity: "top" }),
    "sensitivity.unknown",
    `${where}: sensitivity must be one of public, internal, confidential, restricted, got "top"`,
  );

  test("narrows in every direction", () => {
    const { ceiling } = Delegation.to(helper, "look", {
      depth: 3,
      tools: [],
      data: [],
      sensitivity: "public",
      ttl: "1m",
    });
    expect(ceiling).toMatchObject({
      actions: new Set(),
      data: new Set(),
      depth: 3,
      sensitivity: { name: "public" },
      ttl: { seconds: 60 },
    });
  });
});

describe("chains in a fleet", () => {
  const outside = hop("helper");
  fails(
    "the delegate is not in the fleet",
    () => fleetOf(hop("triage", outside)),
    "delegation.outside-fleet",
    'agent "triage": task "go" delegates to "helper", which is not in the fleet: add it to Fleet.of',
  );
  fails(
    "the delegate has the name of an agent in the fleet, but is another",
    () => fleetOf(hop("triage", outside), hop("helper")),
    "delegation.outside-fleet",
    'agent "triage": task "go" delegates to "helper", which is not in the fleet: add it to Fleet.of',
  );

  const chain = (hops: number): AgentDeclaration[] => {
    const agents = [hop("agent-0")];
    for (let i = 1; i <= hops; i += 1) agents.unshift(hop(`agent-${i}`, agents[0] as AgentDeclaration));
    return agents;
  };
  test("three hops are possible", () => expect(fleetOf(...chain(3)).agents).toHaveLength(4));
  fails(
    "a chain has four hops",
    () => fleetOf(...chain(4)),
    "delegation.too-deep",
    'agent "agent-4": a chain of 4 hops starts at task "go": at most 3 hops are possible: shorten it',
  );
  for (const [when, ways] of [
    ["first", [0, -1]],
    ["last", [-1, 0]],
  ] as const) {
    fails(
      `the ${when} of two ways has four hops`,
      () => {
        const agents = chain(3);
        return fleetOf(hop("root", ...ways.map((way) => agents.at(way) as AgentDeclaration)), ...agents);
      },
      "delegation.too-deep",
      'agent "root": a chain of 4 hops starts at task "go": at most 3 hops are possible: shorten it',
    );
  }
  test("two ways to one delegate are no cycle", () => {
    const end = hop("end");
    const [left, right] = [hop("left", end), hop("right", end)];
    expect(fleetOf(end, left, right, hop("start", left, right)).agents).toHaveLength(4);
  });

  // Agents are values: a delegate exists before its edge, so only a patched declaration can close a circle.
  fails(
    "two agents delegate to each other",
    () => {
      const b = hop("bb");
      const a = hop("aa", b);
      patch(b, a);
      return fleetOf(a, b);
    },
    "delegation.cycle",
    'agent "aa": delegation runs in a cycle, aa.go → bb.go → aa.go: remove one edge',
  );
  fails(
    "a task delegates to itself",
    () => {
      const a = hop("aa");
      patch(a, a);
      return fleetOf(a);
    },
    "delegation.cycle",
    'agent "aa": delegation runs in a cycle, aa.go → aa.go: remove one edge',
  );
  fails(
    "a cycle lies behind a chain",
    () => {
      const d = hop("dd");
      const c = hop("cc", d);
      patch(d, c);
      return fleetOf(hop("aa", c), c, d);
    },
    "delegation.cycle",
    'agent "cc": delegation runs in a cycle, cc.go → dd.go → cc.go: remove one edge',
  );
});
