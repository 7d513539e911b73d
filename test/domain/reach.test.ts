import fc from "fast-check";
import {
  DataAccess,
  Dataset,
  DeclarationError,
  Delegation,
  reachOf,
  type AgentDeclaration,
  type DelegationProps,
  type HttpAction,
  type SensitivityName,
  type Start,
  type TaskSpec,
} from "../../domain";
import { agentOf, bucket, external, fails, httpTool, taskOf } from "../support/domain";
import cases from "../cases/reach.json";
import "../support/depth";

interface Edge {
  readonly depth?: number;
  /** All of the delegate's, unless given */
  readonly actions?: readonly string[];
  readonly data?: readonly string[];
  readonly sensitivity?: SensitivityName;
}

const ACTIONS = ["crm.get", "crm.wipe", "desk.get"];
const DATA = ["wiki:read", "wiki:list", "letters:read", "letters:list", "carts:read"];

/** The last task of a chain: it does harm and needs a user, unless the edges keep it from that. */
const dangerous = rightsOf("high", "user", "confidential");
/** A chain may do what every task on it can, by name, so the hops before the last have harmless rights of those names. */
const harmless = rightsOf("low", "agent", "internal");

function rightsOf(impact: HttpAction["impact"], boundTo: "user" | "agent", sensitivity: SensitivityName) {
  const actsAs = boundTo === "user" ? "user" : { service: "desk-reader" };
  return {
    crm: httpTool("crm", {
      actions: { get: { method: "GET", path: "/" }, wipe: { method: "DELETE", path: "/", ...(impact && { impact }) } },
    }),
    desk: httpTool("desk", { actsAs }),
    datasets: [
      bucket("wiki"),
      bucket("letters", sensitivity),
      Dataset.table("carts", { table: "carts", sensitivity: "internal", boundTo }),
    ],
  };
}

function grants(rights: typeof harmless, actions = ACTIONS, data = DATA): Required<Pick<TaskSpec, "tools" | "data">> {
  const named = (tool: string) =>
    actions.filter((name) => name.startsWith(`${tool}.`)).map((name) => name.slice(tool.length + 1));
  const kinds = (dataset: Dataset) =>
    data.filter((key) => key.startsWith(`${dataset.name}:`)).map((key) => key.split(":")[1]);
  return {
    tools: [rights.crm, rights.desk].flatMap((tool) => {
      const [first, ...more] = named(tool.name);
      return first === undefined ? [] : [tool.allow(first, ...more)];
    }),
    data: rights.datasets.flatMap((dataset) => {
      const given = kinds(dataset);
      return given.length === 0 ? [] : [new DataAccess(dataset as Dataset, given as "read"[])];
    }),
  };
}

/** The task `answer` at the beginning of a chain with these edges */
function startOf(startedBy: readonly Start[], edges: readonly Edge[]) {
  let next: AgentDeclaration | undefined;
  let delegates: Delegation[] = [];
  for (const [index, edge] of [...edges.entries()].reverse()) {
    const rights = next === undefined ? dangerous : harmless;
    const name = next === undefined ? "end" : `hop-${index + 1}`;
    next = agentOf({ tasks: { go: { startedBy: "delegation", ...grants(rights), delegates } } }, name);
    const narrowed = grants(rights, edge.actions as string[] | undefined, edge.data as string[] | undefined);
    const props: DelegationProps = {
      ...narrowed,
      ...(edge.depth === undefined ? {} : { depth: edge.depth }),
      ...(edge.sensitivity === undefined ? {} : { sensitivity: edge.sensitivity }),
    };
    delegates = [Delegation.to(next, "go", props)];
  }
  return taskOf({ startedBy, delegates });
}

/** The code the start is refused with, or null */
function codeOf(startedBy: readonly Start[], edges: readonly Edge[]): string | null {
  try {
    startOf(startedBy, edges);
    return null;
  } catch (error) {
    if (error instanceof DeclarationError) return error.code;
    throw error;
  }
}

describe("a chain", () => {
  test.each(cases.map((row) => [row.code ?? "accepted", row.name, row] as const))("%s: %s", (_code, _name, row) => {
    expect(codeOf(row.startedBy as Start[], row.edges as Edge[])).toBe(row.code);
  });

  test("is refused exactly where its edges leave what its start may not reach", () => {
    const edge = fc.record({
      depth: fc.integer({ min: 1, max: 3 }),
      actions: fc.subarray(ACTIONS),
      data: fc.subarray(DATA),
    });
    const starts = fc.subarray<Start>(["user", "schedule", "event", "delegation", "agent"], { minLength: 1 });
    fc.assert(
      fc.property(starts, fc.array(edge, { minLength: 1, maxLength: 4 }), (startedBy, edges) => {
        const walked = edges.every((_edge, hop) => edges.slice(0, hop + 1).every(({ depth }, at) => depth > hop - at));
        const left = [...ACTIONS, ...DATA].filter(
          (key) => walked && edges.every(({ actions, data }) => actions.includes(key) || data.includes(key)),
        );
        const harm = left.some((key) => key === "crm.wipe" || key.startsWith("letters:"));
        const user = left.some((key) => key === "desk.get" || key === "carts:read");
        const alone = startedBy.some((start) => start !== "user" && start !== "delegation");
        expect(codeOf(startedBy, edges)).toBe(
          harm && startedBy.includes("agent") ? "start.agent-too-risky" : user && alone ? "start.needs-user" : null,
        );
      }),
    );
  });
});

describe("the refusal", () => {
  const where = 'agent "triage" task "answer"';
  const refused = (
    when: string,
    start: Start,
    edges: readonly Edge[],
    code: Parameters<typeof fails>[2],
    text: string,
  ) => fails(when, () => startOf([start], edges), code, `${where}: ${text}`);
  const HARM = 'startedBy "agent" is refused where delegation reaches';
  const OR = "or start the task by user, schedule, event or delegation";
  const USER = "or start the task by user or delegation";
  refused(
    "a chain of an agent's own start reaches confidential data",
    "agent",
    [{}],
    "start.agent-too-risky",
    `${HARM} the confidential data letters (answer → end.go): leave it out of the data of an edge, ${OR}`,
  );
  refused(
    "a chain of an agent's own start reaches a high-impact action",
    "agent",
    [{ data: [] }],
    "start.agent-too-risky",
    `${HARM} the high-impact action crm.wipe (answer → end.go): leave it out of the tools of an edge, ${OR}`,
  );
  refused(
    "a chain of three hops does",
    "agent",
    [{ depth: 3 }, { depth: 2 }, {}],
    "start.agent-too-risky",
    `${HARM} the confidential data letters (answer → hop-1.go → hop-2.go → end.go): ` +
      `leave it out of the data of an edge, ${OR}`,
  );
  refused(
    "a tool at the end of the chain acts as a missing user",
    "schedule",
    [{ depth: 2 }, {}],
    "start.needs-user",
    'desk acts as the user, but startedBy "schedule" brings none along (answer → hop-1.go → end.go): ' +
      `leave it out of the tools of an edge, ${USER}`,
  );
  refused(
    "a table at the end of the chain is bound to a missing user",
    "event",
    [{ actions: [] }],
    "start.needs-user",
    'carts is bound to a user, but startedBy "event" brings none along (answer → end.go): ' +
      `leave it out of the data of an edge, ${USER}`,
  );
  fails(
    "only the second of two edges does harm",
    () => {
      const idle = agentOf({ tasks: { go: { startedBy: "delegation" } } }, "idle");
      const reader = agentOf(
        { tasks: { go: { startedBy: "delegation", data: [external("orders", "restricted").read()] } } },
        "reader",
      );
      return taskOf({ startedBy: "agent", delegates: [Delegation.to(idle, "go"), Delegation.to(reader, "go")] });
    },
    "start.agent-too-risky",
    `${where}: ${HARM} the restricted data orders (answer → reader.go): leave it out of the data of an edge, ${OR}`,
  );
});

describe("what a task reaches", () => {
  const chains = (edges: readonly Edge[]) => reachOf(startOf(["user"], edges)).map(({ chain }) => chain);
  test("is nothing without an edge", () => expect(reachOf(taskOf())).toEqual([]));
  test("is each task of a chain, the nearest first", () => {
    expect(chains([{ depth: 3 }, { depth: 2 }, {}])).toEqual([
      ["hop-1.go"],
      ["hop-1.go", "hop-2.go"],
      ["hop-1.go", "hop-2.go", "end.go"],
    ]);
  });
  test("ends with the hops of any edge", () => {
    expect(chains([{ depth: 1 }, { depth: 2 }, {}])).toEqual([["hop-1.go"]]);
    expect(chains([{ depth: 3 }, { depth: 1 }, {}])).toEqual([["hop-1.go"], ["hop-1.go", "hop-2.go"]]);
  });
  test("has the ceiling that all edges leave", () => {
    const edges = [
      { depth: 2, actions: ["crm.get", "crm.wipe"], data: ["wiki:read", "letters:read"] },
      { actions: ["crm.wipe", "desk.get"], data: ["letters:read", "carts:read"], sensitivity: "internal" as const },
    ];
    const [, end] = reachOf(startOf(["user"], edges));
    expect(end).toMatchObject({
      agent: { name: "end" },
      task: { name: "go" },
      ceiling: { actions: new Set(["crm.wipe"]), data: new Set(["letters:read"]), depth: 1 },
    });
    expect(end?.ceiling.sensitivity.name).toBe("internal");
  });
  test("is listed once per chain", () => {
    const end = agentOf({ tasks: { go: { startedBy: "delegation" } } }, "end");
    const hop = (name: string) =>
      agentOf({ tasks: { go: { startedBy: "delegation", delegates: [Delegation.to(end, "go")] } } }, name);
    const delegates = ["left", "right"].map((name) => Delegation.to(hop(name), "go", { depth: 2 }));
    expect(reachOf(taskOf({ delegates })).map(({ chain }) => chain.join(" "))).toEqual([
      "left.go",
      "left.go end.go",
      "right.go",
      "right.go end.go",
    ]);
  });
});
