import { Agent, Fleet, Serve, Tool } from "../../../constructs";
import { HOSTS } from "../../e2e/gateway/gateway-fleet";

/** On the loopback of the pod, as it is declared; where the agent's own code listens here, its companion is told */
const PORT = 8_080;
export const CLERK = "clerk";
export const TASK = "work" as const;
export const WAY = "http";
export const TOOL = "crm";
export const ASK_PATH = "/ask";
export const TOOL_PATH = "/find?q=a";

const common = {
  owner: "office@acme.example",
  purpose: "Calls a tool for its caller",
  expires: "2027-06-30",
  workload: { namespace: "office" },
} as const;

/**
 * Agents that all serve users and call one tool, of which the first is asked
 *
 * @param port of the tool
 * @param agents how many
 */
export function servingFleet(port: number, agents: number): Fleet {
  const crm = Tool.http(TOOL, {
    url: `https://${HOSTS.crm}:${port}/base`,
    clearance: "restricted",
    untrustedOutput: false,
    actsAs: { service: "robot" },
    privateAddress: { reason: "the tool of the bench runs on this machine" },
    actions: {
      find: {
        method: "GET",
        path: "/find",
        query: { type: "object", additionalProperties: false, properties: { q: { type: "string" } }, required: ["q"] },
      },
    },
  });
  const serving = (name: string) =>
    Agent.define(name, {
      ...common,
      tasks: { [TASK]: { startedBy: "user", tools: [crm.allow("find")] } },
      serves: Serve.http({
        name: WAY,
        port: PORT,
        paths: [ASK_PATH],
        tasks: [TASK],
        sensitivity: "public",
        clearance: "restricted",
      }),
    });
  return Fleet.of(serving(CLERK), ...Array.from({ length: agents - 1 }, (_, index) => serving(otherAgent(index))));
}

/** Of the others, counted from 0 */
export function otherAgent(index: number): string {
  return `other-${index}`;
}
