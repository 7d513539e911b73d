import { byText } from "../by-text";
import type { CredentialsKind } from "../credentials";
import { LIMITS } from "../limits";
import { own } from "../own";
import type { Declarations, DeclaredWork, RegistryHorizon } from "../registry/document";
import type { Ttl } from "../ttl";

/** What decides how long an agent's reach outlives a kill, from what a registry says of it or from elsewhere */
export interface HorizonFacts<Agent> {
  readonly name: string;
  readonly credentials: CredentialsKind;
  readonly hasTools: boolean;
  /** Whether requests reach it by a way in */
  readonly serves: boolean;
  readonly hasAwsData: boolean;
  readonly delegates: readonly Agent[];
}

/**
 * The longest time after a kill at which something still works, per path, longest first.
 *
 * Counts lifetimes alone, as if attaching AWSDenyAll had failed; exchange and gateway read the kill at each request.
 */
export function revocationHorizon(registry: Declarations, name: string): readonly RegistryHorizon[] {
  return horizonFrom(name, (agent) => horizonFacts(registry, agent));
}

/** The same rule, for facts from another source */
export function horizonFrom<Agent>(agent: Agent, factsOf: (agent: Agent) => HorizonFacts<Agent>): RegistryHorizon[] {
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

/** How long one AWS session lasts */
export function awsSessionTtl({ credentials }: { readonly credentials: CredentialsKind }): Ttl {
  return credentials === "brokered" ? LIMITS.brokeredSession : LIMITS.federatedSession;
}

/** The longest-lived credential it is given beside its SVIDs: an AWS session, or an access token */
export function longestCredential(registry: Declarations, agent: DeclaredWork): Ttl {
  return hasAwsData(registry, agent) ? awsSessionTtl(agent) : LIMITS.accessToken;
}

/** A delegate that is not in the registry reaches nothing known here. */
export function horizonFacts(registry: Declarations, name: string): HorizonFacts<string> {
  const agent = own(registry.agents, name);
  if (agent === undefined) {
    return { name, credentials: "brokered", hasTools: false, serves: false, hasAwsData: false, delegates: [] };
  }
  const tasks = Object.values(agent.tasks);
  return {
    name,
    credentials: agent.credentials,
    hasTools: tasks.some(({ tools }) => Object.keys(tools).length > 0),
    serves: Object.keys(agent.serves ?? {}).length > 0,
    hasAwsData: hasAwsData(registry, agent),
    delegates: tasks.flatMap(({ delegates }) => Object.keys(delegates).map((target) => target.split(".")[0] ?? "")),
  };
}

function hasAwsData({ datasets }: Declarations, { tasks }: DeclaredWork): boolean {
  const isAws = (name: string): boolean => (own(datasets, name)?.kind ?? "external") !== "external";
  return Object.values(tasks).some(({ data }) => Object.keys(data).some(isAws));
}

type OwnFacts = Omit<HorizonFacts<never>, "delegates">;

function ownPaths(facts: OwnFacts): RegistryHorizon[] {
  const paths: RegistryHorizon[] = [];
  const { seconds } = LIMITS.openCut;
  if (facts.serves) {
    paths.push({ path: "requests", seconds, because: "a request that was open at the kill, until it is cut" });
  }
  if (facts.hasTools) {
    paths.push(toolsPath(facts));
  }
  if (facts.hasAwsData) paths.push(awsPath(facts));
  return paths;
}

/** The gateway looks at no answer of an HTTP tool that came soon and is short, or that failed, which the companion cuts: a process with an SVID needs no companion. */
function toolsPath({ credentials }: OwnFacts): RegistryHorizon {
  return credentials === "brokered"
    ? { path: "tools", seconds: LIMITS.openCut.seconds, because: "a call that was open at the kill, until it is cut" }
    : {
        path: "tools",
        seconds: LIMITS.stream.seconds,
        because: "an answer that was open at the kill, read past the companion",
      };
}

function awsPath(facts: OwnFacts): RegistryHorizon {
  const session = awsSessionTtl(facts).seconds;
  if (facts.credentials === "brokered")
    return { path: "aws", seconds: session, because: "an AWS session issued before it" };
  const svid = facts.credentials === "oidc" ? LIMITS.jwtSvid : LIMITS.x509Svid;
  return { path: "aws", seconds: svid.seconds + session, because: `an SVID issued before it, then an AWS session` };
}
