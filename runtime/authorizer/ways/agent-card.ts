import type { FleetAddress, FleetAgent, FleetView } from "../../registry/registry";
import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";

/** Where clients look for it, below the address that they know (A2A 1.0, section 8.2) */
const CARD = /^\/agents\/(?<agent>[a-z0-9-]+)\/\.well-known\/agent-card\.json$/;
/** Of the caller's companion: an address on a loopback, below which the agent is for this caller */
const BASE = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}\/[A-Za-z0-9._~/-]{1,512}$/;

/** Whether a workload asks for the card of an agent */
export function asksForCard(path: string): boolean {
  return CARD.test(path);
}

/**
 * The card of an agent (A2A 1.0, section 4.4.1), for one caller: it has the one skill of the address that the caller
 * used, and names that address. Only agents with an edge to the task get it.
 *
 * @param peer SPIFFE ID of the caller
 * @throws Denial `way.route` if the caller may not hand work on there, `way.header`
 */
export function agentCard(fleet: FleetView, peer: string, path: string, headers: HeaderList): string {
  const agent = fleet.agentNamed(CARD.exec(path)?.groups?.["agent"] ?? "");
  const task = single(headers, "ambit-task") ?? "";
  const way = agent?.ways.find(({ card, tasks }) => card !== undefined && tasks.includes(task));
  if (agent === undefined || way?.card === undefined || !handsOn(fleet, peer, `${agent.name}.${task}`)) {
    throw Denial.of("way.route");
  }
  const base = single(headers, "ambit-base") ?? "";
  if (!BASE.test(base))
    throw Denial.of("way.header", "Ambit-Base must be the address that the companion has for the agent");
  return JSON.stringify(cardOf(agent, way, way.card, { task, base }));
}

function handsOn(fleet: FleetView, peer: string, target: string): boolean {
  return [...(fleet.agentOf(peer)?.tasks.values() ?? [])].some(({ delegates }) => delegates.has(target));
}

function cardOf(
  agent: FleetAgent,
  { paths: [path = "/"], bindings = ["JSONRPC"], pushes }: FleetAddress,
  card: NonNullable<FleetAddress["card"]>,
  { task, base }: { readonly task: string; readonly base: string },
): object {
  const skill = card.skills[task];
  return {
    name: agent.name,
    description: card.description ?? agent.purpose,
    version: card.version,
    supportedInterfaces: bindings.map((protocolBinding) => ({
      url: `${base}${path}`,
      protocolBinding,
      protocolVersion: "1.0",
    })),
    capabilities: { streaming: card.streaming, pushNotifications: pushes !== undefined, extendedAgentCard: false },
    defaultInputModes: card.inputModes,
    defaultOutputModes: card.outputModes,
    skills: [{ id: task, ...skill }],
  };
}
