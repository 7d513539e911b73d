import { isServedAt } from "../../../domain/serve-paths";
import type { FleetAddress, FleetAgent, FleetView } from "../../registry/registry";
import { Denial } from "../denial";
import { refuseOtherRequest, single } from "../request/headers";
import { decoded, targetOf } from "../request/target";
import type { WayRequest } from "./way-request";

/** Target of a request */
export interface Served {
  readonly agent: FleetAgent;
  readonly way: FleetAddress;
  /** Host that the caller asked */
  readonly host: string;
}

const OF_WORKLOADS = /^\/agents\/(?<agent>[a-z0-9-]+)(?<path>\/.*)$/s;
const HOST = /^[A-Za-z0-9.-]+(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/;

/**
 * The agent and its way in, by the registry alone: of users by host, of workloads by the name in the path.
 *
 * @param domain below which users reach agents by their names
 * @throws Denial `way.route`, `call.target`
 */
export function servedBy(fleet: FleetView, request: WayRequest, domain: string | undefined): Served {
  const host = single(request.headers, ":authority") ?? "";
  if (!HOST.test(host)) throw Denial.of("way.route", "the request names no host that can be read");
  const { agent, path } = request.by === "users" ? ofUsers(fleet, request, host, domain) : ofWorkloads(fleet, request);
  refuseOtherRequest(request.headers);
  const [pathname = ""] = path.split("?", 1);
  for (const segment of targetOf(pathname).segments) refuseOdd(segment);
  const way = agent?.ways.find((each) => isServedAt(each, pathname));
  if (agent === undefined || way === undefined) throw Denial.of("way.route");
  return { agent, way, host: host.toLowerCase() };
}

/** Some servers cut a path at what they do not expect, or take it off. @throws Denial `call.target` */
function refuseOdd(segment: string): void {
  const text = decoded(segment, "a segment of the path");
  if (/^\.{1,2}$/.test(text.trim())) throw Denial.of("call.target", "the path must have no dot segment");
}

interface Addressed {
  readonly agent: FleetAgent | undefined;
  readonly path: string;
}

function ofUsers(fleet: FleetView, { path }: WayRequest, host: string, domain: string | undefined): Addressed {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  const suffix = domain === undefined ? undefined : `.${domain}`;
  const own = fleet.agentAt(name);
  if (own !== undefined || suffix === undefined || !name.endsWith(suffix)) return { agent: own, path };
  return { agent: fleet.agentNamed(name.slice(0, -suffix.length)), path };
}

function ofWorkloads(fleet: FleetView, { path }: WayRequest): Addressed {
  const found = OF_WORKLOADS.exec(path)?.groups;
  return { agent: found && fleet.agentNamed(found["agent"] ?? ""), path: found?.["path"] ?? "/" };
}
