import type { IncomingMessage } from "node:http";
import { z } from "zod";

/** The way to one tool */
export interface ForwarderRoute {
  /** What a path begins with */
  readonly prefix: string;
  /** What stands in its place at the tool */
  readonly rewrite: string;
  /** Host of the tool, with its port where it is not 443 */
  readonly host: string;
  /** The route's context extensions for the authorizer */
  readonly extensions: Readonly<Record<string, string>>;
}

/** A way to all agents that serve */
export interface AgentsRoute {
  /** What a path begins with */
  readonly prefix: string;
  /** What else the request must have */
  readonly headers: readonly HeaderMatch[];
  /** What of a path the agent does not see */
  readonly cut: RegExp;
  /** The route's context extensions for the authorizer */
  readonly extensions: Readonly<Record<string, string>>;
  /** Names of headers that answers lose */
  readonly removed: readonly string[];
}

export interface ForwarderRoutes {
  readonly routes: readonly ForwarderRoute[];
  /** In their order; empty if no agent serves */
  readonly agents: readonly AgentsRoute[];
  /** Whether Envoy does more than decide on requests of this path, which the forwarder cannot */
  readonly isBeyond: (path: string) => boolean;
  /** Names of headers that answers lose */
  readonly removed: readonly string[];
}

const AUTHORIZATION = "envoy.filters.http.ext_authz";
/** Holds the connection to the SVID of the agent, as the forwarder does */
const OF_AGENTS = "envoy.filters.http.set_filter_state";
/** What the forwarder does as well */
const KNOWN_FILTERS: readonly string[] = [AUTHORIZATION, OF_AGENTS, "envoy.filters.http.router"];
/** Filters that it does not implement, and that do not affect the decision */
const OF_USERS: readonly string[] = ["envoy.filters.http.cors", "envoy.filters.http.local_ratelimit"];
/**
 * Filters of a tool's route that the forwarder implements; it does not cut answers, because the companion does too, nor
 * report when one began.
 */
const OF_TOOLS: readonly string[] = [AUTHORIZATION, "ambit.http_answers", "envoy.filters.http.header_mutation"];
const NOTHING = /^(?!)/;

const headerMatch = z.union([
  z.strictObject({ name: z.string(), string_match: z.strictObject({ exact: z.string() }) }),
  z.strictObject({ name: z.string(), present_match: z.literal(true), invert_match: z.literal(true) }),
]);
/** One value of a header, or that it is not there */
export type HeaderMatch = z.infer<typeof headerMatch>;

const perFilter = z.record(z.string(), z.unknown());
const route = z.object({
  name: z.string(),
  match: z.union([
    z.strictObject({ prefix: z.string(), headers: z.array(headerMatch).default([]) }),
    z.strictObject({ path: z.string() }),
  ]),
  route: z
    .object({
      prefix_rewrite: z.string().optional(),
      host_rewrite_literal: z.string().optional(),
      regex_rewrite: z.object({ pattern: z.object({ regex: z.string() }), substitution: z.literal("") }).optional(),
    })
    .optional(),
  typed_per_filter_config: perFilter.default({}),
});
const authorization = z.object({
  check_settings: z.object({ context_extensions: z.record(z.string(), z.string()) }),
});
const connectionManager = z.object({
  route_config: z.object({
    virtual_hosts: z.tuple([z.object({ routes: z.array(route) })]),
    response_headers_to_remove: z.array(z.string()),
  }),
  http_filters: z.array(z.object({ name: z.string(), disabled: z.boolean().default(false) })),
});
const bootstrap = z.object({
  static_resources: z.object({
    listeners: z.array(
      z.object({
        filter_chains: z.tuple([z.object({ filters: z.tuple([z.object({ typed_config: connectionManager })]) })]),
      }),
    ),
  }),
});

/**
 * The routes of Envoy's configuration for workloads, so that there is one list of them.
 *
 * @throws Error if every request goes through a filter that the forwarder does not know
 */
export function routesIn(config: string): ForwarderRoutes {
  const { routes, removed } = managerIn(config, 0, KNOWN_FILTERS);
  const leading = routes.filter(({ route: way }) => way !== undefined);
  const agents = leading.flatMap((each) => toAgents(each, removed));
  const beyond = leading.filter((each) => forwarded(each).length === 0 && toAgents(each, removed).length === 0);
  return {
    routes: leading.flatMap(forwarded),
    agents,
    isBeyond: (path) => beyond.some(({ match }) => fits(match, path)),
    removed,
  };
}

/**
 * The users' route to agents, on a listener of its own
 *
 * @throws Error if there is none, or if a request passes a filter that the forwarder does not know
 */
export function usersRouteIn(config: string): AgentsRoute {
  const { routes, removed } = managerIn(config, 1, [...KNOWN_FILTERS, ...OF_USERS]);
  const [agents] = routes.flatMap((each) => toAgents(each, removed));
  if (agents === undefined) throw new Error("the configuration of Envoy has no way to agents for users");
  return agents;
}

/** Whether a request takes the way, as Envoy matches it */
export function takes({ prefix, headers }: AgentsRoute, { url = "", headers: sent }: IncomingMessage): boolean {
  return (
    url.startsWith(prefix) &&
    headers.every((match) =>
      "string_match" in match ? sent[match.name] === match.string_match.exact : sent[match.name] === undefined,
    )
  );
}

function managerIn(config: string, listener: number, known: readonly string[]) {
  const found = bootstrap.parse(JSON.parse(config)).static_resources.listeners[listener];
  if (found === undefined) throw new Error(`the configuration of Envoy has no listener ${listener}`);
  const { http_filters: filters, route_config } = found.filter_chains[0].filters[0].typed_config;
  const unknown = filters.find(({ name, disabled }) => !disabled && !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`the development forwarder does not know the filter ${unknown.name} of Envoy: install Envoy`);
  }
  const [{ routes }] = route_config.virtual_hosts;
  return { routes, removed: route_config.response_headers_to_remove };
}

function toAgents(
  { match, route: way, typed_per_filter_config: more }: z.infer<typeof route>,
  removed: readonly string[],
): AgentsRoute[] {
  const settings = authorization.safeParse(more[AUTHORIZATION]);
  if (way === undefined || !(OF_AGENTS in more) || !settings.success || !("prefix" in match)) return [];
  const { regex_rewrite: rewrite } = way;
  const cut = rewrite === undefined ? NOTHING : new RegExp(rewrite.pattern.regex);
  const { context_extensions: extensions } = settings.data.check_settings;
  return [{ prefix: match.prefix, headers: match.headers, cut, extensions, removed }];
}

function fits(match: z.infer<typeof route>["match"], path: string): boolean {
  return "prefix" in match ? path.startsWith(match.prefix) : path.split("?", 1)[0] === match.path;
}

function forwarded({ match, route: way, typed_per_filter_config: more }: z.infer<typeof route>): ForwarderRoute[] {
  const settings = authorization.safeParse(more[AUTHORIZATION]);
  const needsMore = Object.keys(more).some((name) => !OF_TOOLS.includes(name));
  if (way === undefined || needsMore || !settings.success || !("prefix" in match)) return [];
  const { prefix_rewrite: rewrite, host_rewrite_literal: host } = way;
  if (rewrite === undefined || host === undefined) return [];
  return [{ prefix: match.prefix, rewrite, host, extensions: settings.data.check_settings.context_extensions }];
}
