import type { PolicyDocument, RegistryIssuer, Start } from "../../../domain";
import type { RegistryStarter } from "../../../domain/registry/document";
import type { FleetAgent, FleetEdge, FleetTask, FleetView } from "../../../runtime/registry/registry";

export const TRUST_DOMAIN = "prod.acme.example";
export const TRIAGE = `spiffe://${TRUST_DOMAIN}/ns/support/sa/triage`;
export const FRONT = `spiffe://${TRUST_DOMAIN}/ns/support/sa/front`;

/** The agents of test/cases/starts.json: `front` hands work to `triage` */
export function smallFleet(issuers: readonly RegistryIssuer[], starters: readonly RegistryStarter[]): FleetView {
  const agents = [
    agent("triage", TRIAGE, ["support-web"], {
      answer: { startedBy: ["user"] },
      sweep: { startedBy: ["schedule"] },
      react: { startedBy: ["event"] },
      look: { startedBy: ["delegation"] },
      find: { startedBy: ["delegation"] },
      wander: { startedBy: ["agent"] },
      either: { startedBy: ["user", "event"] },
    }),
    agent("front", FRONT, [], {
      ask: { startedBy: ["user"], delegates: ["triage.look"] },
      idle: { startedBy: ["user"] },
    }),
  ];
  return {
    revision: 1,
    policy: { trustDomain: TRUST_DOMAIN } as PolicyDocument,
    issuers,
    starters,
    people: undefined,
    agentOf: (spiffeId) => agents.find((one) => one.spiffeId === spiffeId),
    agentNamed: (name) => agents.find((one) => one.name === name),
    agentAt: () => undefined,
    toolOf: () => undefined,
    answersUntrusted: () => true,
  };
}

interface SmallTask {
  readonly startedBy: readonly Start[];
  readonly delegates?: readonly string[];
}

function agent(
  name: string,
  spiffeId: string,
  clients: readonly string[],
  tasks: Readonly<Record<string, SmallTask>>,
): FleetAgent {
  const session = { idleSeconds: 1_800, totalSeconds: 28_800 };
  const all = Object.entries(tasks).map(([task, small]) => [task, taskOf(task, small)] as const);
  const owner = "platform@acme.example";
  const memory = "per-user";
  const purpose = "Is tried";
  return {
    name,
    spiffeId,
    owner,
    purpose,
    clients,
    expires: 4_000_000_000,
    session,
    memory,
    tasks: new Map(all),
    namespace: "apps",
    ways: [],
  };
}

function taskOf(name: string, { startedBy, delegates = [] }: SmallTask): FleetTask {
  const edge: FleetEdge = { depth: 1, actions: "any", sensitivity: 3, ttlSeconds: 900 };
  const edges = new Map(delegates.map((target) => [target, edge] as const));
  const nothing = { servedBy: [], tools: new Map<string, readonly string[]>(), approval: undefined, aws: undefined };
  return { name, startedBy, ttlSeconds: 900, delegates: edges, ...nothing };
}
