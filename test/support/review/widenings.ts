import {
  actionsOf,
  type AgentDeclaration,
  dataOf,
  type Fleet,
  type Reached,
  reachOf,
  Sensitivity,
  STARTS,
  type Task,
} from "../../../domain";
import type { RegistryWay } from "../../../domain/registry/ways";
import type { EditableRegistry } from "./declared-fleet";

/** One that something outside starts, and that no way in serves */
export const OTHER_TASK = "aside";

/** One step by which a registry gives a principal more */
export interface Widening {
  readonly name: string;
  readonly apply: (registry: EditableRegistry) => void;
  /** Exactly the agents that gain by it */
  readonly gain: readonly string[];
  /** False if neither state is wider, so that something is lost as well */
  readonly ordered: boolean;
}

type Entry = Record<string, unknown>;
const KINDS = ["read", "delete"];

/** Steps of each kind that is told here, for each agent, task, edge, tool and dataset; who gains is the domain's word. */
export function wideningsOf(fleet: Fleet, registry: EditableRegistry): ReadonlyMap<string, readonly Widening[]> {
  const tasks = fleet.agents.flatMap((agent) => [...agent.tasks.values()].map((task) => ({ agent, task })));
  return new Map([
    ["ways in", fleet.agents.flatMap(({ name }) => ofWays(name, registry))],
    ["agents", fleet.agents.flatMap((agent) => ofAgent(agent, registry))],
    ["starts and lifetimes", tasks.flatMap(({ agent, task }) => ofTask(agent, task))],
    ["rights", tasks.flatMap(({ agent, task }) => ofRights(fleet, agent, task, registry))],
    ["controls", tasks.flatMap(({ agent, task }) => ofControls(fleet, agent, task))],
    ["edges", tasks.flatMap(({ agent, task }) => ofEdges(fleet, agent, task))],
    ["tools", fleet.tools.flatMap((tool) => ofTool(fleet, tool.name, registry))],
    ["datasets", fleet.datasets.flatMap((dataset) => ofDataset(fleet, dataset.name, registry))],
    ["trust", ofTrust(fleet)],
  ]);
}

function ofAgent({ name }: AgentDeclaration, registry: EditableRegistry): readonly Widening[] {
  const step = (what: string, edit: (agent: Entry) => void, ordered = true): Widening => ({
    name: `${name} ${what}`,
    apply: ({ agents }) => edit(agents[name] as Entry),
    gain: [name],
    ordered,
  });
  const { state, credentials, revocationHorizon } = registry.agents[name] as Entry;
  return [
    step("clients", (agent) => (agent["clients"] as string[]).push("kiosk")),
    step("expires", (agent) => (agent["expires"] = "2099-01-01T00:00:00Z")),
    step("idle", (agent) => ((agent["session"] as Entry)["idleSeconds"] = 43_200)),
    step("total", (agent) => ((agent["session"] as Entry)["totalSeconds"] = 43_201)),
    step("credential", (agent) => (agent["longestCredentialSeconds"] = 43_200)),
    step("isolation", (agent) => (agent["isolation"] = "shared")),
    step("owner", (agent) => (agent["owner"] = "other@acme.example"), false),
    step("id", (agent) => (agent["spiffeId"] = `spiffe://prod.acme.example/ns/a/sa/${name}`), false),
    step("account", (agent) => (agent["workload"] = { namespace: "a", serviceAccount: name }), false),
    ...(credentials === "brokered" ? [step("credentials", (agent) => (agent["credentials"] = "oidc"))] : []),
    ...(state === "active" ? [] : [step("state", (agent) => (agent["state"] = "active"))]),
    ...(revocationHorizon as Entry[]).map((_, index) =>
      step(`horizon ${index}`, (agent) => {
        ((agent["revocationHorizon"] as Entry[])[index] as Entry)["seconds"] = 43_200;
      }),
    ),
  ];
}

/** Of every key, so that one that is added is widened here too */
type WayKeys = {
  readonly [Key in keyof Required<RegistryWay>]: readonly [step: (way: Entry) => unknown, ordered: boolean][];
};

function ofWays(agent: string, registry: EditableRegistry): readonly Widening[] {
  const serves = (registry.agents[agent] as Entry)["serves"] as Record<string, Entry> | undefined;
  if (serves === undefined) return [];
  const step = (what: string, edit: (agent: Entry) => unknown, ordered = true): Widening => ({
    name: `${agent} ${what}`,
    apply: ({ agents }) => void edit(agents[agent] as Entry),
    gain: [agent],
    ordered,
  });
  const ofWay = ([name, is]: [string, Entry]): readonly Widening[] => {
    const levels = Sensitivity.all.map((level) => level.name);
    const [lower, higher] = [
      levels.slice(0, levels.indexOf(is["sensitivity"] as "public")),
      levels.slice(levels.indexOf(is["clearance"] as "public") + 1),
    ];
    const keys: WayKeys = {
      kind: [[(way) => (way["kind"] = is["kind"] === "a2a" ? "http" : "a2a"), false]],
      port: [[(way) => (way["port"] = 9_090), false]],
      paths: [
        [(way) => (way["paths"] as string[]).push("/admin"), true],
        [(way) => (way["paths"] as string[]).push("/admin/"), true],
      ],
      // What callers send to it raised nothing before.
      tasks: [[(way) => (way["tasks"] = [...(way["tasks"] as string[]), OTHER_TASK]), false]],
      sensitivity: lower.map((level) => [(way) => (way["sensitivity"] = level), true]),
      clearance: higher.map((level) => [(way) => (way["clearance"] = level), true]),
      untrusted: is["untrusted"] === true ? [[(way) => (way["untrusted"] = false), true]] : [],
      host: [[(way) => (way["host"] = "evil.example"), false]],
      bindings: is["kind"] === "a2a" ? [[(way) => (way["bindings"] = ["JSONRPC", "HTTP+JSON"]), true]] : [],
      pushes: is["kind"] === "a2a" ? [[(way) => (way["pushes"] = { tool: "web", action: "get" }), true]] : [],
      card: is["card"] === undefined ? [] : [[(way) => ((way["card"] as Entry)["version"] = "9.9.9"), false]],
    };
    return Object.entries(keys).flatMap(([key, steps]) =>
      steps.map(([edit, ordered], index) =>
        step(
          `${name} ${key} ${index}`,
          (one) => edit((one["serves"] as Record<string, Entry>)[name] as Entry),
          ordered,
        ),
      ),
    );
  };
  const [first] = Object.values(serves);
  return [
    ...Object.entries(serves).flatMap(ofWay),
    step("one more way in", (one) => {
      const more = { ...first, port: 9_090, paths: ["/more"], sensitivity: "public", untrusted: false };
      (one["serves"] as Entry)["more"] = more;
    }),
    step("concurrency", (one) => delete one["concurrency"]),
  ];
}

function stepOf(agent: AgentDeclaration, task: Task, gain: readonly string[]) {
  return (what: string, edit: (task: Entry) => unknown, ordered = true): Widening => ({
    name: `${agent.name}.${task.name} ${what}`,
    apply: ({ agents }) => void edit(agents[agent.name]?.tasks[task.name] as Entry),
    gain,
    ordered,
  });
}

function ofTask(agent: AgentDeclaration, task: Task): readonly Widening[] {
  const step = stepOf(agent, task, [agent.name]);
  const missing = STARTS.filter((start) => !task.startedBy.includes(start));
  return [
    ...missing.map((start) => step(`start ${start}`, (entry) => (entry["startedBy"] as string[]).push(start))),
    step("ttl", (entry) => (entry["ttlSeconds"] = task.ttl.seconds + 1)),
  ];
}

function ofRights(fleet: Fleet, agent: AgentDeclaration, task: Task, registry: EditableRegistry): readonly Widening[] {
  const step = stepOf(agent, task, withReachers(fleet, agent, task));
  const { tools, data } = registry.agents[agent.name]?.tasks[task.name] as Record<string, Record<string, string[]>>;
  const calls = Object.entries(registry.tools).flatMap(([tool, { actions }]) =>
    Object.keys(actions as Entry)
      .filter((action) => !(tools?.[tool] ?? []).includes(action))
      .map((action) =>
        step(`call ${tool}.${action}`, (entry) => {
          (entry["tools"] as Entry)[tool] = [...(tools?.[tool] ?? []), action];
        }),
      ),
  );
  const accesses = Object.keys(registry.datasets).flatMap((dataset) =>
    KINDS.filter((kind) => !(data?.[dataset] ?? []).includes(kind)).map((kind) =>
      step(`${kind} ${dataset}`, (entry) => ((entry["data"] as Entry)[dataset] = [...(data?.[dataset] ?? []), kind])),
    ),
  );
  return [...calls, ...accesses];
}

function ofControls(fleet: Fleet, agent: AgentDeclaration, task: Task): readonly Widening[] {
  const step = stepOf(agent, task, withReachers(fleet, agent, task));
  const approval = (entry: Entry) => entry["approval"] as Entry;
  const budgets = (entry: Entry) => entry["budgets"] as { limit: number }[];
  return [
    step("observe", (entry) => (entry["observe"] = { until: "2027-01-01T00:00:00Z", reason: "trial" })),
    ...(task.approval === undefined
      ? []
      : [
          step("approval", (entry) => delete entry["approval"]),
          ...(task.approval.people === 2 ? [step("people", (entry) => delete approval(entry)["people"])] : []),
          step("group", (entry) => (approval(entry)["group"] = "interns"), false),
          step("decision", (entry) => (approval(entry)["decisionGoodForSeconds"] = 901)),
          step("open", (entry) => (approval(entry)["requestOpenSeconds"] = 86_401)),
        ]),
    ...task.budgets.flatMap((_, index) => [
      step(`budget ${index} dropped`, (entry) => budgets(entry).splice(index, 1)),
      step(`budget ${index} raised`, (entry) => ((budgets(entry)[index] as { limit: number }).limit += 1)),
    ]),
    ...task.orders.map((_, index) =>
      step(`order ${index}`, (entry) => (entry["orders"] as unknown[]).splice(index, 1)),
    ),
  ];
}

function ofEdges(fleet: Fleet, agent: AgentDeclaration, task: Task): readonly Widening[] {
  return task.delegates.flatMap((edge) => {
    const { depth, sensitivity, ttl } = edge.ceiling;
    const at = (entry: Entry) => (entry["delegates"] as Record<string, Entry>)[edge.target] as Entry;
    const own = stepOf(agent, task, [agent.name]);
    const higher = Sensitivity.all.filter(({ rank }) => rank > sensitivity.rank);
    // A chain carries no more than the least of its edges.
    const chains = reachersOf(fleet, agent, task).filter(({ reached }) => reached.ceiling.depth > 1);
    const carriers = chains.filter(({ reached }) => reached.ceiling.sensitivity.rank > sensitivity.rank);
    const longer = chains.filter(({ reached }) => reached.ceiling.ttl.seconds > ttl.seconds);
    const names = (found: readonly Reacher[]) => unique([agent.name, ...found.map(({ name }) => name)]);
    return [
      own(`${edge.target} depth`, (entry) => (at(entry)["depth"] = depth + 1)),
      ...higher.map(({ name }) =>
        stepOf(agent, task, names(carriers))(`${edge.target} ${name}`, (entry) => (at(entry)["sensitivity"] = name)),
      ),
      ...(ttl.seconds < edge.task.ttl.seconds
        ? [
            stepOf(
              agent,
              task,
              names(longer),
            )(`${edge.target} ttl`, (entry) => (at(entry)["ttlSeconds"] = ttl.seconds + 1)),
          ]
        : []),
    ];
  });
}

function ofTool(fleet: Fleet, name: string, registry: EditableRegistry): readonly Widening[] {
  const entry = registry.tools[name] as Entry;
  const step = (what: string, edit: (tool: Entry) => unknown, gain: readonly string[], ordered = true): Widening => ({
    name: `${name} ${what}`,
    apply: ({ tools }) => void edit(tools[name] as Entry),
    gain,
    ordered,
  });
  const users = usersOf(fleet, (call) => call.startsWith(`${name}.`));
  const { rank } = Sensitivity.of(entry["clearance"] as "public", "test");
  const bound = entry["actsAs"] !== "user" && Object.keys((entry["actsAs"] as Entry)["bind"] as Entry).length > 0;
  const ofAction = ([action, is]: [string, Entry]): readonly Widening[] => {
    const one = (what: string, edit: (action: Entry) => unknown, ordered = true) =>
      step(
        `${action} ${what}`,
        ({ actions }) => edit((actions as Record<string, Entry>)[action] as Entry),
        usersOf(fleet, (call) => call === `${name}.${action}`),
        ordered,
      );
    return [
      one("match", (edited) => (edited["match"] = { tool: "anything" }), false),
      ...(is["impact"] === "high" ? [one("impact", (edited) => (edited["impact"] = "low"))] : []),
      ...(is["outward"] === true ? [one("outward", (edited) => (edited["outward"] = false))] : []),
      ...(is["pin"] === undefined
        ? []
        : [
            one("pin", (edited) => (edited["pin"] = `sha256:${"1".repeat(64)}`), false),
            one("unpinned", (edited) => {
              delete edited["pin"];
              edited["unpinned"] = { reason: "it changes often" };
            }),
          ]),
      ...(is["writes"] === true ? [] : [one("writes", (edited) => (edited["writes"] = true))]),
    ];
  };
  return [
    step("url", (tool) => (tool["url"] = "https://evil.example"), users, false),
    step("service", (tool) => (tool["actsAs"] = { service: "admin", bind: {} }), users, false),
    ...(bound ? [step("bind", (tool) => ((tool["actsAs"] as Entry)["bind"] = {}), users)] : []),
    ...(entry["untrustedOutput"] === true ? [step("trusted", (tool) => (tool["untrustedOutput"] = false), users)] : []),
    ...(entry["kind"] === "mcp" ? [step("capability", (tool) => (tool["capabilities"] = ["sampling"]), users)] : []),
    ...Sensitivity.all
      .filter((level) => level.rank > rank)
      .map((level) => step(`clearance ${level}`, (tool) => (tool["clearance"] = level.name), users)),
    ...Object.entries(entry["actions"] as Record<string, Entry>).flatMap(ofAction),
  ];
}

function ofDataset(fleet: Fleet, name: string, registry: EditableRegistry): readonly Widening[] {
  const entry = registry.datasets[name] as Entry;
  const { rank } = Sensitivity.of(entry["sensitivity"] as "public", "test");
  const users = holdersOf(fleet, name, () => true);
  const readers = holdersOf(fleet, name, ({ reveals }) => reveals);
  const step = (
    what: string,
    edit: (dataset: Entry) => unknown,
    gain: readonly string[],
    ordered = true,
  ): Widening => ({
    name: `${name} ${what}`,
    apply: ({ datasets }) => void edit(datasets[name] as Entry),
    gain,
    ordered,
  });
  return [
    ...Sensitivity.all
      .filter((level) => level.rank < rank && readers.length > 0)
      .map((level) => step(`${level}`, (dataset) => (dataset["sensitivity"] = level.name), readers, false)),
    ...(entry["bucket"] === undefined
      ? []
      : [
          step("bucket", (dataset) => (dataset["bucket"] = "acme-other"), users, false),
          step("prefix", (dataset) => (dataset["prefix"] = ""), users),
        ]),
    ...(entry["boundTo"] === undefined ? [] : [step("bound", (dataset) => delete dataset["boundTo"], users)]),
    ...(entry["table"] === undefined
      ? []
      : [step("index", (dataset) => (dataset["indexes"] = [...((entry["indexes"] ?? []) as string[]), "all"]), users)]),
  ];
}

function ofTrust(fleet: Fleet): readonly Widening[] {
  const startedBy = (start: string) =>
    unique(
      fleet.agents
        .filter(({ tasks }) => [...tasks.values()].some((task) => task.startedBy.some((each) => each === start)))
        .map(({ name }) => name),
    );
  const signer = { issuer: "https://evil.example", jwksUri: "https://evil.example/keys", algorithms: ["ES256"] };
  const lists = ({ trust }: EditableRegistry) => trust as Record<"issuers" | "starters", Entry[]>;
  return [
    {
      name: "issuer",
      apply: (registry) => void lists(registry).issuers.push(signer),
      gain: startedBy("user"),
      ordered: true,
    },
    ...["schedule", "event"].map((start) => ({
      name: `starter ${start}`,
      apply: (registry: EditableRegistry) => void lists(registry).starters.push({ ...signer, starts: [start] }),
      gain: startedBy(start),
      ordered: true,
    })),
    {
      name: "trust domain",
      apply: (registry) => void (registry["trustDomain"] = "evil.example"),
      gain: fleet.agents.map(({ name }) => name).sort(),
      ordered: false,
    },
  ];
}

interface Reacher {
  readonly name: string;
  readonly reached: Reached;
}

/** Chains of other agents that end at the task */
function reachersOf(fleet: Fleet, agent: AgentDeclaration, task: Task): readonly Reacher[] {
  return chainsOf(fleet).filter(({ reached }) => reached.agent.name === agent.name && reached.task.name === task.name);
}

function withReachers(fleet: Fleet, agent: AgentDeclaration, task: Task): readonly string[] {
  return unique([agent.name, ...reachersOf(fleet, agent, task).map(({ name }) => name)]);
}

function chainsOf(fleet: Fleet): readonly Reacher[] {
  return fleet.agents.flatMap(({ name, tasks }) =>
    [...tasks.values()].flatMap((task) => reachOf(task).map((reached) => ({ name, reached }))),
  );
}

function usersOf(fleet: Fleet, matches: (call: string) => boolean): readonly string[] {
  const own = fleet.agents.filter(({ tasks }) =>
    [...tasks.values()].some((task) => task.tools.some(({ names }) => names.some(matches))),
  );
  const through = chainsOf(fleet).filter(({ reached }) =>
    actionsOf(reached).some(({ tool, action }) => matches(`${tool.name}.${action.name}`)),
  );
  return unique([...own, ...through].map(({ name }) => name));
}

function holdersOf(fleet: Fleet, dataset: string, how: (access: { reveals: boolean }) => boolean): readonly string[] {
  const uses = (data: ReturnType<typeof dataOf>) =>
    data.some((access) => access.dataset.name === dataset && how(access));
  const own = fleet.agents.filter(({ tasks }) => [...tasks.values()].some(({ data }) => uses(data)));
  const through = chainsOf(fleet).filter(({ reached }) => uses(dataOf(reached)));
  return unique([...own, ...through].map(({ name }) => name));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
