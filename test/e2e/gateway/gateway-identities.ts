import { realpathSync } from "node:fs";
import { facts } from "../../../fleet/platform";
import { EXCHANGE_HOST, ISSUER } from "../exchange/issuer";
import { RealAgent } from "../exchange/real-agent";
import type { RealSpire } from "../exchange/real-spire";
import type { HeldX509 } from "../spire/workload-api";

export const DOMAIN = facts.trustDomain;

const PATHS = {
  exchange: "/ns/ambit-system/sa/ambit-exchange",
  gateway: "/ns/ambit-system/sa/ambit-gateway",
  clerk: "/ns/office/sa/clerk",
  payer: "/ns/office/sa/payer",
  other: "/ns/office/sa/other",
  filer: "/ns/office/sa/filer",
  /** Agents of the examples, whose companions alone have their SVIDs */
  "support-triage": "/ns/office/sa/support-triage",
  researcher: "/ns/office/sa/researcher",
  "web-reader": "/ns/office/sa/web-reader",
  "release-scribe": "/ns/office/sa/release-scribe",
  "press-watcher": "/ns/office/sa/press-watcher",
  /** Of the trust domain, and not declared */
  stranger: "/ns/office/sa/stranger",
  /** As the stranger, with a certificate that soon ends */
  brief: "/ns/office/sa/brief",
} as const;

export type IdentityName = keyof typeof PATHS;

/** Agents whose SVIDs the checks themselves use */
const AGENTS = ["clerk", "payer", "other", "stranger", "brief"] as const;
export type AgentName = (typeof AGENTS)[number];

/** Of a certificate that ends while a test waits for it */
const BRIEF_SECONDS = 40;

/** Files of the programs that SPIRE tells apart by their paths */
export interface GatewayPrograms {
  readonly authorizer: string;
  readonly companion: string;
  readonly envoy: string;
  readonly exchange: string;
}

export function idOf(name: IdentityName): string {
  return `spiffe://${DOMAIN}${pathOf(name)}`;
}

export function pathOf(name: IdentityName): string {
  return PATHS[name];
}

/** Has SPIRE give the programs and this process their identities. */
export async function registered(
  spire: RealSpire,
  programs: GatewayPrograms,
): Promise<ReadonlyMap<AgentName, RealAgent>> {
  await spire.register(realpathSync(programs.exchange), PATHS.exchange, { dnsNames: [EXCHANGE_HOST] });
  await spire.register(realpathSync(programs.authorizer), PATHS.gateway);
  await spire.register(realpathSync(programs.envoy), PATHS.gateway);
  await spire.register(realpathSync(programs.companion), PATHS.clerk);
  for (const name of AGENTS) {
    const more = name === "brief" ? { x509SvidSeconds: BRIEF_SECONDS } : {};
    await spire.register(realpathSync(process.execPath), PATHS[name], more);
  }
  const svids = await spire.held(AGENTS.length);
  const agentOf = (name: AgentName): RealAgent => {
    const svid = svids.find(({ spiffeId }) => spiffeId === idOf(name)) as HeldX509;
    return new RealAgent(svid, spire.workload(), ISSUER);
  };
  return new Map(AGENTS.map((name) => [name, agentOf(name)] as const));
}
