import {
  Agent,
  type AgentSpec,
  Approval,
  Budget,
  Dataset,
  type SensitivityName,
  Serve,
  type TaskSpec,
  Tool,
} from "../../../constructs";
import type { AgentClass } from "../../../constructs/agent/agent";
import { servedPlainly } from "../served";

const post = { method: "POST", path: "/messages" } as const;

const mail = Tool.http("mail", {
  url: "https://mail.acme.example",
  clearance: "restricted",
  untrustedOutput: false,
  actions: {
    send: { ...post, outward: { is: true, reason: "customers read it" } },
    purge: { method: "DELETE", path: "/messages", impact: "high" },
    list: { method: "GET", path: "/messages" },
  },
});
const web = Tool.http("web", {
  url: "https://web.acme.example",
  clearance: "restricted",
  untrustedOutput: true,
  actions: { read: { method: "GET", path: "/pages" } },
});
const mcp = Tool.mcp("docs", {
  url: "https://docs.acme.example/mcp",
  clearance: "restricted",
  actions: {
    search: { tool: "search", readOnly: true, unpinned: { reason: "the vendor changes it every week" } },
    fetch: { tool: "fetch", readOnly: true, pin: `sha256:${"a".repeat(64)}` },
  },
});
const contracts = Dataset.external("contracts", { sensitivity: "confidential" });
const archive = Tool.http("archive", {
  url: "https://archive.acme.example",
  clearance: "restricted",
  untrustedOutput: false,
  actions: { look: { method: "GET", path: "/contracts", touches: [contracts.read()] } },
});
const salaries = Dataset.external("salaries", { sensitivity: "restricted" });
const hr = Tool.http("hr", {
  url: "https://hr.acme.example",
  clearance: "restricted",
  actions: { look: { method: "GET", path: "/salaries", touches: [salaries.read()] } },
});

function define(name: string, task: Partial<TaskSpec>, changes: Partial<AgentSpec> = {}): AgentClass {
  return Agent.define(name, {
    owner: "team@acme.example",
    purpose: "Shows what one guardrail refuses",
    expires: "2027-06-30",
    workload: { namespace: "apps" },
    tasks: { work: { startedBy: "user", ...task } },
    ...changes,
  });
}

/** One agent reads the web and sends mail, another has the contracts. */
function handing(sensitivity: SensitivityName): readonly AgentClass[] {
  const data = [contracts.read()];
  const task: TaskSpec = { startedBy: "delegation", tools: [archive.allow("look")], data };
  const reader = define("archivist", task, { serves: servedPlainly("work") });
  const delegates = [reader.task("work", { sensitivity })];
  return [reader, define("clerk", { tools: [web.allow("read"), mail.allow("send")], delegates })];
}

/** A fleet that a rule refuses, and its nearest neighbour that it accepts */
export interface AgentCase {
  readonly rule: string;
  readonly name: string;
  readonly finding: string;
  readonly refuses: () => readonly AgentClass[];
  readonly accepts: () => readonly AgentClass[];
}

const approval = Approval.from("support-leads");
const observe = { observe: { until: "2027-01-15", reason: "a trial of two weeks" } } as const;

const mailer = (owner: string): AgentClass =>
  define("mailer", { startedBy: "delegation", tools: [mail.allow("send")] }, { owner, serves: servedPlainly("work") });

function handingOn(owner: string, tools?: readonly ReturnType<typeof mail.allow>[]): readonly AgentClass[] {
  const Mailer = mailer(owner);
  const edge = Mailer.task("work", tools === undefined ? {} : { tools });
  return [Mailer, define("clerk", { delegates: [edge] })];
}

/** Somebody else's agent hands on what it gets to one that sends mail. */
function relaying(depth: number): readonly AgentClass[] {
  const owner = "sales@acme.example";
  const Mailer = mailer(owner);
  const Relay = define(
    "relay",
    { startedBy: "delegation", delegates: [Mailer.task("work")] },
    { owner, serves: servedPlainly("work") },
  );
  return [Mailer, Relay, define("clerk", { delegates: [Relay.task("work", { depth })] })];
}

/** What acts is another agent, which is enforced. */
function observing(action: "send" | "list"): readonly AgentClass[] {
  const tools = [mail.allow("send", "list")];
  const Mailer = define("mailer", { startedBy: "delegation", tools }, { serves: servedPlainly("work") });
  const edge = Mailer.task("work", { tools: [mail.allow(action)] });
  return [Mailer, define("clerk", { delegates: [edge], enforcement: observe })];
}

/** What has the salaries is another agent than the one that is served. */
function servedBehind(
  sensitivity: SensitivityName,
  changes: Partial<AgentSpec> = serving(true),
): readonly AgentClass[] {
  const task: TaskSpec = { startedBy: "delegation", tools: [hr.allow("look")], data: [salaries.read()] };
  const Payroll = define("payroll", task, { serves: servedPlainly("work") });
  return [Payroll, define("clerk", { delegates: [Payroll.task("work", { sensitivity })] }, changes)];
}

/** What remembers hands work to the one that has the contracts. */
function rememberingAnswers(memory: Pick<AgentSpec, "memory">): readonly AgentClass[] {
  const task: TaskSpec = { startedBy: "delegation", tools: [archive.allow("look")], data: [contracts.read()] };
  const Archivist = define("archivist", task, { serves: servedPlainly("work") });
  return [Archivist, define("clerk", { delegates: [Archivist.task("work", { sensitivity: "confidential" })] }, memory)];
}

/** What remembers gets work from the one that has the contracts. */
function rememberingRequests(sensitivity: SensitivityName): readonly AgentClass[] {
  const Keeper = define("keeper", { startedBy: "delegation" }, { memory: "shared", serves: servedPlainly("work") });
  const delegates = [Keeper.task("work", { sensitivity })];
  return [Keeper, define("clerk", { tools: [archive.allow("look")], data: [contracts.read()], delegates })];
}

const serving = (untrusted: boolean): Partial<AgentSpec> => ({
  serves: Serve.http({
    port: 8_080,
    paths: ["/"],
    tasks: ["work"],
    sensitivity: "public",
    clearance: "restricted",
    untrusted,
  }),
});

export const AGENT_CASES: readonly AgentCase[] = [
  {
    rule: "AMBIT-AGENT-DELEGATION-UNBOUNDED",
    name: "an agent of another owner gets all its outward actions with the work; not if the edge names them",
    finding: "delegate::work::mailer.work",
    refuses: () => handingOn("other@acme.example"),
    accepts: () => handingOn("other@acme.example", [mail.allow("send")]),
  },
  {
    rule: "AMBIT-AGENT-DELEGATION-UNBOUNDED",
    name: "the same from another team; not within one team",
    finding: "delegate::work::mailer.work",
    refuses: () => handingOn("sales@acme.example"),
    accepts: () => handingOn("team@acme.example"),
  },
  {
    rule: "AMBIT-AGENT-DELEGATION-UNBOUNDED",
    name: "the delegate hands the work on to one that sends mail; not if the edge ends at the delegate",
    finding: "delegate::work::relay.work",
    refuses: () => relaying(2),
    accepts: () => relaying(1),
  },
  {
    rule: "AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED",
    name: "a task deletes mail without approval or budget; not with an approval",
    finding: "task::work::mail.purge",
    refuses: () => [define("clerk", { tools: [mail.allow("purge")] })],
    accepts: () => [define("clerk", { tools: [mail.allow("purge")], approval })],
  },
  {
    rule: "AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED",
    name: "the budget is one for another action; not if it counts all",
    finding: "task::work::mail.purge",
    refuses: () => [
      define("clerk", {
        tools: [mail.allow("purge", "list")],
        budget: Budget.perDay(5, { of: mail.allow("list") }),
      }),
    ],
    accepts: () => [define("clerk", { tools: [mail.allow("purge", "list")], budget: Budget.perDay(5) })],
  },
  {
    rule: "AMBIT-AGENT-OBSERVED",
    name: "an outward action is only observed; not a reading one",
    finding: "task::work",
    refuses: () => [define("clerk", { tools: [mail.allow("send")], enforcement: observe })],
    accepts: () => [define("clerk", { tools: [mail.allow("list")], enforcement: observe })],
  },
  {
    rule: "AMBIT-AGENT-OBSERVED",
    name: "it is observed how an enforced delegate is told to send mail; not if the edge lets it read alone",
    finding: "task::work",
    refuses: () => observing("send"),
    accepts: () => observing("list"),
  },
  {
    rule: "AMBIT-AGENT-SHARED-MEMORY",
    name: "it remembers contracts across users; not per user",
    finding: "memory",
    refuses: () => [
      define("clerk", { data: [contracts.read()], tools: [archive.allow("look")] }, { memory: "shared" }),
    ],
    accepts: () => [define("clerk", { data: [contracts.read()], tools: [archive.allow("look")] })],
  },
  {
    rule: "AMBIT-AGENT-SHARED-MEMORY",
    name: "it remembers the answer of a delegate that has contracts; not per user",
    finding: "memory",
    refuses: () => rememberingAnswers({ memory: "shared" }),
    accepts: () => rememberingAnswers({}),
  },
  {
    rule: "AMBIT-AGENT-SHARED-MEMORY",
    name: "it remembers work of one that has contracts; not over an edge below them",
    finding: "memory",
    refuses: () => rememberingRequests("confidential"),
    accepts: () => rememberingRequests("internal"),
  },
  {
    rule: "AMBIT-AGENT-TOOL-UNPINNED",
    name: "an MCP tool has no pin; not the pinned one of the same server",
    finding: "tool::docs.search",
    refuses: () => [define("clerk", { tools: [mcp.allow("search")] })],
    accepts: () => [define("clerk", { tools: [mcp.allow("fetch")] })],
  },
  {
    rule: "AMBIT-AGENT-TOXIC-COMBINATION",
    name: "it reads the web and contracts, and sends mail; not with an approval",
    finding: "task::work",
    refuses: () => [
      define("clerk", {
        tools: [web.allow("read"), mail.allow("send"), archive.allow("look")],
        data: [contracts.read()],
      }),
    ],
    accepts: () => [
      define("clerk", {
        tools: [web.allow("read"), mail.allow("send"), archive.allow("look")],
        data: [contracts.read()],
        approval,
      }),
    ],
  },
  {
    rule: "AMBIT-AGENT-TOXIC-COMBINATION",
    name: "the three in one task; not if nothing that it reads is of strangers",
    finding: "task::work",
    refuses: () => [
      define("clerk", {
        tools: [web.allow("read"), mail.allow("send"), archive.allow("look")],
        data: [contracts.read()],
      }),
    ],
    accepts: () => [define("clerk", { tools: [mail.allow("send"), archive.allow("look")], data: [contracts.read()] })],
  },
  {
    rule: "AMBIT-AGENT-TOXIC-COMBINATION",
    name: "the three over two agents; not with an edge below the data",
    finding: "task::work",
    refuses: () => handing("confidential"),
    accepts: () => handing("internal"),
  },
  {
    rule: "AMBIT-AGENT-UNTRUSTED-CALLERS",
    name: "callers that it does not trust ask for salaries; those that it trusts do not",
    finding: "task::work",
    refuses: () => [define("clerk", { tools: [hr.allow("look")], data: [salaries.read()] }, serving(true))],
    accepts: () => [define("clerk", { tools: [hr.allow("look")], data: [salaries.read()] }, serving(false))],
  },
  {
    rule: "AMBIT-AGENT-UNTRUSTED-CALLERS",
    name: "they ask an agent whose delegate has salaries; not over an edge below them",
    finding: "task::work",
    refuses: () => servedBehind("restricted"),
    accepts: () => servedBehind("confidential"),
  },
  {
    rule: "AMBIT-AGENT-UNTRUSTED-CALLERS",
    name: "they ask an agent whose delegate has salaries; not where it trusts them",
    finding: "task::work",
    refuses: () => servedBehind("restricted"),
    accepts: () => servedBehind("restricted", serving(false)),
  },
];
