import type { Registry } from "../../registry/registry";
import type { PeerCertificates } from "../identity/peer-certificates";
import { Denial } from "../denial";
import { presentFleet } from "../present-fleet";
import type { HeaderList } from "../request/headers";
import { agentCard, asksForCard } from "./agent-card";
import type { Authorizer } from "../call/authorizer";
import type { Allowed } from "../call/spent-calls";
import type { AgentPods } from "./agent-pods";
import { handedOn } from "./handing-on";
import { servedBy } from "./served";
import { startedBy, type Started } from "./started";
import type { WayRequest } from "./way-request";

/** The request may go to the agent's companion, with these changes and no other */
export interface Admitted extends Pick<Started, "start" | "task"> {
  readonly agent: string;
  readonly way: string;
  /** Headers for the companion, by name in lower case */
  readonly set: Readonly<Record<string, string>>;
  /** Names of headers that it does not get */
  readonly remove: readonly string[];
  /** Address and port to connect to, and to no other */
  readonly address: string;
  /** SPIFFE ID that the pod must show */
  readonly peer: string;
  /** Of work that is handed on: the call that it is */
  readonly call: Allowed | undefined;
}

export interface WaysInProps {
  readonly registry: Registry;
  readonly peers: PeerCertificates;
  readonly pods: Pick<AgentPods, "of">;
  readonly authorizer: Pick<Authorizer, "handOn">;
  /** Domain below which users reach agents; undefined if there is no listener for users */
  readonly domain: string | undefined;
}

/** Of callers, what is not the caller's to say to the agent, besides what begins like {@link OWN_PREFIXES} */
const TAKEN_OUT: ReadonlySet<string> = new Set(["authorization", "forwarded", "true-client-ip", "x-real-ip"]);
const OWN_PREFIXES = ["ambit-", "x-ambit-", "x-envoy-", "x-forwarded-", "x-original-"];

/** Finds which agent and which task a request is for. What it starts is verified by the exchange, before a byte of it reaches the agent. */
export class WaysIn {
  constructor(private readonly props: WaysInProps) {}

  /**
   * What a workload asks is answered by the gateway itself; undefined if it is for the agent
   *
   * @throws Denial
   */
  public card({ by, certificate, path, headers }: WayRequest): string | undefined {
    if (by !== "workloads" || !asksForCard(path)) return undefined;
    const { registry, peers } = this.props;
    return agentCard(presentFleet(registry), peers.of(certificate).spiffeId, path, headers);
  }

  /**
   * @param isWanted whether Envoy still waits for the answer: an abandoned request spends nothing
   * @throws Denial, the only error that may be shown to the caller
   */
  public async admit(request: WayRequest, isWanted: () => boolean = () => true): Promise<Admitted> {
    let about: Denial["about"] = {};
    const known = (more: Denial["about"]): void => void (about = { ...about, ...more });
    try {
      return await this.admitted(request, isWanted, known);
    } catch (error) {
      // Of the caller's evidence only a delegation token is verified here.
      if (error instanceof Denial) error.about = { ...about, ...error.about };
      throw error;
    }
  }

  private async admitted(
    request: WayRequest,
    isWanted: () => boolean,
    known: (about: Denial["about"]) => void,
  ): Promise<Admitted> {
    const { registry, peers, pods, authorizer, domain } = this.props;
    if (request.by === "workloads") known({ agent: peers.of(request.certificate).spiffeId });
    const fleet = presentFleet(registry);
    const served = servedBy(fleet, request, domain);
    known({ asked: served.agent.name });
    const started = startedBy(fleet, served, request);
    const { agent, way, host } = served;
    const set = toldOf(way.name, started, host);
    const address = await pods.of(agent, started.joins);
    const call =
      started.start === "delegation"
        ? await handedOn(authorizer, request, { served, started, address }, isWanted)
        : undefined;
    return {
      agent: agent.name,
      way: way.name,
      task: started.task,
      start: started.start,
      set,
      remove: takenOut(request.headers, set, call?.remove),
      address,
      peer: agent.spiffeId,
      call,
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

function takenOut(
  headers: HeaderList,
  set: Readonly<Record<string, string>>,
  besides: readonly string[] = [],
): readonly string[] {
  const names = headers.map(([name]) => name);
  const out = names.filter((name) => TAKEN_OUT.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix)));
  return [...new Set([...out, ...besides])].filter((name) => !Object.hasOwn(set, name)).sort();
}
