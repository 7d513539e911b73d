import type { Registry } from "../../registry/registry";
import { Denial } from "../denial";
import type { PeerCertificates } from "../identity/peer-certificates";
import { presentFleet } from "../present-fleet";
import type { HeaderList } from "../request/headers";
import { agentCard, asksForCard } from "./agent-card";
import type { AgentPods } from "./agent-pods";
import { servedBy } from "./served";
import { startedBy, type Started } from "./started";
import { holderNamedIn } from "./unverified-claims";
import type { WayRequest } from "./way-request";

/** The request may go to the agent's companion, with these changes and no other */
export interface Admitted extends Pick<Started, "start" | "task"> {
  readonly agent: string;
  readonly way: string;
  /** By name in lower case: what the companion is told */
  readonly set: Readonly<Record<string, string>>;
  /** Names of headers that it does not get */
  readonly remove: readonly string[];
  /** Address and port to connect to, and to no other */
  readonly address: string;
  /** SPIFFE ID that the pod must show */
  readonly peer: string;
}

export interface WaysInProps {
  readonly registry: Registry;
  readonly peers: PeerCertificates;
  readonly pods: Pick<AgentPods, "of">;
  /** Domain below which users reach agents; undefined where nobody comes from outside */
  readonly domain: string | undefined;
}

/** Of callers, what is not the caller's to say to the agent, besides what begins like {@link OWN_PREFIXES} */
const TAKEN_OUT: ReadonlySet<string> = new Set(["authorization", "forwarded", "true-client-ip", "x-real-ip"]);
const OWN_PREFIXES = ["ambit-", "x-ambit-", "x-envoy-", "x-forwarded-", "x-original-"];

/** Finds which agent and which task a request is for. What it starts is verified by the exchange, before a byte of it reaches the agent. */
export class WaysIn {
  constructor(private readonly props: WaysInProps) {}

  /**
   * What a workload asks is answered by the gateway itself; undefined where it is for the agent
   *
   * @throws Denial
   */
  public card({ by, certificate, path, headers }: WayRequest): string | undefined {
    if (by !== "workloads" || !asksForCard(path)) return undefined;
    const { registry, peers } = this.props;
    return agentCard(presentFleet(registry), peers.of(certificate).spiffeId, path, headers);
  }

  /** @throws Denial, and nothing else that may be told to the caller */
  public async admit(request: WayRequest): Promise<Admitted> {
    const { registry, peers, pods, domain } = this.props;
    const peer = request.by === "workloads" ? peers.of(request.certificate).spiffeId : undefined;
    const fleet = presentFleet(registry);
    const served = servedBy(fleet, request, domain);
    const started = startedBy(fleet, served, request);
    // The exchange verifies the rest of it, and does not see who shows it here.
    if (started.start === "delegation" && holderNamedIn(started.evidence) !== peer) {
      throw Denial.of("way.evidence", "a token that hands work on is shown by the agent that it was given to");
    }
    const { agent, way, host } = served;
    const set = toldOf(way.name, started, host);
    return {
      agent: agent.name,
      way: way.name,
      task: started.task,
      start: started.start,
      set,
      remove: takenOut(request.headers, set),
      address: await pods.of(agent, started.joins),
      peer: agent.spiffeId,
    };
  }
}

/** docs/ways-in.md, "At the gateway" */
function toldOf(
  way: string,
  { task, start, evidence, isNewSession, joins }: Started,
  host: string,
): Readonly<Record<string, string>> {
  return {
    "x-ambit-way": way,
    "x-ambit-task": task,
    "x-ambit-start": start,
    "x-ambit-evidence": evidence,
    ...(isNewSession && { "x-ambit-session": "new" }),
    ...(joins !== undefined && { "x-ambit-join": joins.run }),
    "x-forwarded-host": host,
    "x-forwarded-proto": "https",
  };
}

function takenOut(headers: HeaderList, set: Readonly<Record<string, string>>): readonly string[] {
  const names = headers.map(([name]) => name);
  const out = names.filter((name) => TAKEN_OUT.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix)));
  return [...new Set(out)].filter((name) => !Object.hasOwn(set, name)).sort();
}
