import type { AgentDeclaration } from "../agent";
import { LIMITS } from "../limits";
import type { Ttl } from "../ttl";

/** One way in which something may still work after a kill */
export interface HorizonPath {
  /** `tools`, `aws`, or the delegate through which it runs */
  readonly path: string;
  readonly seconds: number;
  readonly because: string;
}

/**
 * The longest time after a kill at which something still works, per path, longest first.
 *
 * Counts lifetimes alone, as if attaching AWSDenyAll had failed; exchange and gateway read the kill at each request.
 */
export function revocationHorizon(agent: AgentDeclaration): readonly HorizonPath[] {
  const paths = ownPaths(agent);
  const seen = new Set<AgentDeclaration>([agent]);
  const queue = [...delegatesOf(agent)];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const path of ownPaths(next)) {
      paths.push({ ...path, path: `${next.name} ${path.path}`, because: `handed on before the kill: ${path.because}` });
    }
    queue.push(...delegatesOf(next));
  }
  return paths.sort((a, b) => b.seconds - a.seconds || (a.path < b.path ? -1 : 1));
}

/** The longest path in seconds; 0 for an agent that reaches nothing */
export function longestHorizon(agent: AgentDeclaration): number {
  return revocationHorizon(agent)[0]?.seconds ?? 0;
}

/** How long one AWS session lasts */
export function awsSessionTtl(agent: AgentDeclaration): Ttl {
  return agent.credentials === "brokered" ? LIMITS.brokeredSession : LIMITS.federatedSession;
}

/** The longest-lived credential it is given beside its SVIDs: an AWS session, or an access token */
export function longestCredential(agent: AgentDeclaration): Ttl {
  return agent.hasAwsData ? awsSessionTtl(agent) : LIMITS.accessToken;
}

function ownPaths(agent: AgentDeclaration): HorizonPath[] {
  const paths: HorizonPath[] = [];
  if ([...agent.tasks.values()].some((task) => task.tools.length > 0)) {
    const { seconds } = LIMITS.stream;
    paths.push({ path: "tools", seconds, because: "a stream opened before the kill" });
  }
  if (agent.hasAwsData) paths.push(awsPath(agent));
  return paths;
}

function awsPath(agent: AgentDeclaration): HorizonPath {
  const session = awsSessionTtl(agent).seconds;
  if (agent.credentials === "brokered")
    return { path: "aws", seconds: session, because: "an AWS session issued before it" };
  const svid = agent.credentials === "oidc" ? LIMITS.jwtSvid : LIMITS.x509Svid;
  return { path: "aws", seconds: svid.seconds + session, because: `an SVID issued before it, then an AWS session` };
}

function delegatesOf(agent: AgentDeclaration): readonly AgentDeclaration[] {
  return [...agent.tasks.values()].flatMap((task) => task.delegates.map((edge) => edge.agent));
}
