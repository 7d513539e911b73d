import type { AgentDeclaration } from "../agent";
import { byText } from "../by-text";
import type { CredentialsKind } from "../credentials";
import { LIMITS } from "../limits";
import type { Ttl } from "../ttl";

/** One way in which something may still work after a kill */
export interface HorizonPath {
  /** `tools`, `aws`, or the delegate through which it runs */
  readonly path: string;
  readonly seconds: number;
  readonly because: string;
}

/** What decides how long an agent's reach outlives a kill, from its declaration or from what a registry says of it */
export interface HorizonFacts<Agent> {
  readonly name: string;
  readonly credentials: CredentialsKind;
  readonly hasTools: boolean;
  readonly hasAwsData: boolean;
  readonly delegates: readonly Agent[];
}

/**
 * The longest time after a kill at which something still works, per path, longest first.
 *
 * Counts lifetimes alone, as if attaching AWSDenyAll had failed; exchange and gateway read the kill at each request.
 */
export function revocationHorizon(agent: AgentDeclaration): readonly HorizonPath[] {
  return horizonFrom(agent, horizonFacts);
}

/** The same rule, for whoever has the facts from elsewhere */
export function horizonFrom<Agent>(agent: Agent, factsOf: (agent: Agent) => HorizonFacts<Agent>): HorizonPath[] {
  const own = factsOf(agent);
  const paths = ownPaths(own);
  const seen = new Set<Agent>([agent, ...own.delegates]);
  // A set that grows while it is walked is walked to its end.
  for (const next of seen) {
    if (next === agent) continue;
    const facts = factsOf(next);
    for (const path of ownPaths(facts)) {
      paths.push({
        ...path,
        path: `${facts.name} ${path.path}`,
        because: `handed on before the kill: ${path.because}`,
      });
    }
    for (const delegate of facts.delegates) seen.add(delegate);
  }
  return paths.sort((a, b) => b.seconds - a.seconds || byText(a.path, b.path));
}

/** The longest path in seconds; 0 for an agent that reaches nothing */
export function longestHorizon(agent: AgentDeclaration): number {
  return revocationHorizon(agent)[0]?.seconds ?? 0;
}

/** How long one AWS session lasts */
export function awsSessionTtl({ credentials }: Pick<AgentDeclaration, "credentials">): Ttl {
  return credentials === "brokered" ? LIMITS.brokeredSession : LIMITS.federatedSession;
}

/** The longest-lived credential it is given beside its SVIDs: an AWS session, or an access token */
export function longestCredential(agent: Pick<AgentDeclaration, "credentials" | "hasAwsData">): Ttl {
  return agent.hasAwsData ? awsSessionTtl(agent) : LIMITS.accessToken;
}

function horizonFacts(agent: AgentDeclaration): HorizonFacts<AgentDeclaration> {
  const tasks = [...agent.tasks.values()];
  return {
    name: agent.name,
    credentials: agent.credentials,
    hasTools: tasks.some(({ tools }) => tools.length > 0),
    hasAwsData: agent.hasAwsData,
    delegates: tasks.flatMap(({ delegates }) => delegates.map((edge) => edge.agent)),
  };
}

type OwnFacts = Omit<HorizonFacts<never>, "delegates">;

function ownPaths(facts: OwnFacts): HorizonPath[] {
  const paths: HorizonPath[] = [];
  if (facts.hasTools) {
    const { seconds } = LIMITS.stream;
    paths.push({ path: "tools", seconds, because: "a stream opened before the kill" });
  }
  if (facts.hasAwsData) paths.push(awsPath(facts));
  return paths;
}

function awsPath(facts: OwnFacts): HorizonPath {
  const session = awsSessionTtl(facts).seconds;
  if (facts.credentials === "brokered")
    return { path: "aws", seconds: session, because: "an AWS session issued before it" };
  const svid = facts.credentials === "oidc" ? LIMITS.jwtSvid : LIMITS.x509Svid;
  return { path: "aws", seconds: svid.seconds + session, because: `an SVID issued before it, then an AWS session` };
}
