import { AUTHORIZER, EXT_AUTHZ } from "../../constructs/gateway/gateway-decisions";
import { isRecord } from "../../domain/is-record";
import { sameJson } from "../../review/read/json";
import { at } from "./output";

const NAME = "envoy.filters.http.ext_authz";
const MANAGER = "envoy.filters.network.http_connection_manager";
/** Filters of connections that hand nothing on */
const LIMIT = "envoy.filters.network.connection_limit";

/** Whether Envoy asks the authorizer about each request that it hands on, in all listeners, and one of them is that of agents */
export function asksAuthorizer(envoy: unknown): boolean {
  const listeners = listOf(at(envoy, "static_resources", "listeners"));
  const clusters = listOf(at(envoy, "static_resources", "clusters"));
  const ofName = clusters.filter((each) => at(each, "name") === at(AUTHORIZER.cluster, "name"));
  return (
    ofName.length === 1 &&
    sameJson(ofName[0], AUTHORIZER.cluster) &&
    listeners.some((each) => at(each, "name") === "agents" && listOf(at(each, "filter_chains")).length > 0) &&
    listeners.every((each) => chainsOf(each).every((chain) => listOf(at(chain, "filters")).every(isAsked)))
  );
}

function chainsOf(listener: unknown): readonly unknown[] {
  const usual = at(listener, "default_filter_chain");
  return [...listOf(at(listener, "filter_chains")), ...(usual === undefined ? [] : [usual])];
}

/** Whether a filter of connections hands on no request without a decision */
function isAsked(filter: unknown): boolean {
  if (at(filter, "name") === LIMIT) return true;
  if (at(filter, "name") !== MANAGER) return false;
  const manager = at(filter, "typed_config");
  // Routes that come from elsewhere are not known.
  if (!isRecord(at(manager, "route_config"))) return false;
  const hosts = listOf(at(manager, "route_config", "virtual_hosts"));
  const asks = listOf(at(manager, "http_filters")).some((each) => sameJson(each, EXT_AUTHZ));
  const isOff = isOffAt(at(manager, "route_config")) || hosts.some(isOffAt);
  return hosts.every((host) =>
    listOf(at(host, "routes")).every((route) => !handsOn(route) || (asks && !isOff && !isOffAt(route))),
  );
}

/** One that answers by itself hands nothing on. */
function handsOn(route: unknown): boolean {
  return at(route, "direct_response") === undefined && at(route, "redirect") === undefined;
}

function isOffAt(place: unknown): boolean {
  const weighted = listOf(at(place, "route", "weighted_clusters", "clusters"));
  return at(place, "typed_per_filter_config", NAME, "disabled") === true || weighted.some(isOffAt);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
