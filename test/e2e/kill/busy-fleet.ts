import {
  type Acknowledgement,
  Agent,
  type AgentClass,
  Approval,
  Dataset,
  Fleet,
  Serve,
  Starter,
  Tool,
} from "../../../constructs";
import { MCP_CAPABILITIES } from "../../../domain/tool-props";
import { agentHash } from "../../support/guardrails/agent-hash";
import { APPROVERS, HOSTS } from "../gateway/gateway-fleet";

const shared = {
  clearance: "restricted",
  actsAs: { service: "robot" },
  privateAddress: { reason: "the tools of the tests run on this machine" },
} as const;
const common = { owner: "office@acme.example", expires: "2027-06-30", workload: { namespace: "office" } } as const;
const levels = { port: 8_080, sensitivity: "internal", clearance: "restricted" } as const;

/** Name of the starter */
export const STARTER = "arrivals";

/**
 * An agent that holds something of each kind, and the one that works for it
 *
 * @param port of the tools
 */
export function busyFleet(port: number): Fleet<AgentClass> {
  const finding = "AMBIT-AGENT-TOOL-UNPINNED[tool::desk.work]";
  const hash = agentHash(fleetWith(port, []), finding);
  const { owner, expires } = common;
  return fleetWith(port, [{ finding, hash, reason: "the server is the tests' own", owner, expires }]);
}

function fleetWith(port: number, acknowledgements: readonly Acknowledgement[]): Fleet<AgentClass> {
  const files = Dataset.bucket("files", { bucket: "acme-office", prefix: "files/", sensitivity: "internal" });
  const crm = Tool.http("crm", {
    ...shared,
    url: `https://${HOSTS.crm}:${port}`,
    actions: { read: { method: "GET", path: "/records/{id}" } },
  });
  const till = Tool.http("till", {
    ...shared,
    url: `https://${HOSTS.till}:${port}`,
    actions: { refund: { method: "POST", path: "/refunds/{order}", impact: "high" } },
  });
  const llm = Tool.model("llm", {
    ...shared,
    url: `https://${HOSTS.llm}:${port}`,
    api: ["openai.responses"],
    actions: { ask: { model: "m-1", maxOutputTokens: 50_000 } },
  });
  const desk = Tool.mcp("desk", {
    ...shared,
    url: `https://${HOSTS.board}:${port}/mcp`,
    capabilities: MCP_CAPABILITIES,
    actions: { work: { tool: "work", readOnly: true, unpinned: { reason: "the server is the tests' own" } } },
  });

  class Payer extends Agent.define("payer", {
    ...common,
    purpose: "Looks things up for another agent",
    tasks: { look: { startedBy: "delegation" } },
    serves: Serve.http({ ...levels, paths: ["/looks/"], tasks: ["look"] }),
  }) {}

  class Clerk extends Agent.define("clerk", {
    ...common,
    purpose: "Is busy with something of each kind",
    acknowledgements,
    tasks: {
      use: { startedBy: "user", tools: [crm.allow("read"), llm.allow("ask"), desk.allow("work")] },
      fetch: { startedBy: "user", data: [files.read()] },
      pay: { startedBy: "user", tools: [till.allow("refund")], approval: Approval.from(APPROVERS) },
      ask: { startedBy: "user", delegates: [Payer.task("look")] },
      tell: { startedBy: "user" },
      ingest: { startedBy: "event" },
    },
    serves: [
      Serve.http({ ...levels, paths: ["/streams/"], tasks: ["tell"] }),
      Serve.http({ ...levels, name: "events", paths: ["/events"], tasks: ["ingest"] }),
    ],
  }) {}

  const arrivals = Starter.event(STARTER, {
    agent: Clerk,
    task: "ingest",
    path: "/events",
    from: { pattern: { source: ["office"] } },
    sources: { outside: { reason: "the tests send them" } },
  });
  return Fleet.of(Clerk as AgentClass, Payer as AgentClass).startedBy(arrivals);
}
