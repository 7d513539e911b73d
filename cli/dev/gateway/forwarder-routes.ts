import { z } from "zod";

/** The way to one tool */
export interface ForwarderRoute {
  /** What a path begins with */
  readonly prefix: string;
  /** What stands in its place at the tool */
  readonly rewrite: string;
  /** Host of the tool, with its port where it is not 443 */
  readonly host: string;
  /** What the authorizer is told of the route */
  readonly extensions: Readonly<Record<string, string>>;
}

export interface ForwarderRoutes {
  readonly routes: readonly ForwarderRoute[];
  /** Whether Envoy does more than decide on requests of this path, which the forwarder cannot */
  readonly isBeyond: (path: string) => boolean;
  /** Names of headers that answers lose */
  readonly removed: readonly string[];
}

const AUTHORIZATION = "envoy.filters.http.ext_authz";
/** What the forwarder does as well */
const KNOWN_FILTERS: readonly string[] = [AUTHORIZATION, "envoy.filters.http.router"];
/** Of the way to agents, which the forwarder does not lead to */
const OF_AGENTS = "envoy.filters.http.set_filter_state";

const perFilter = z.record(z.string(), z.unknown());
const route = z.object({
  name: z.string(),
  match: z.union([z.object({ prefix: z.string() }), z.object({ path: z.string() })]),
  route: z.object({ prefix_rewrite: z.string().optional(), host_rewrite_literal: z.string().optional() }).optional(),
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
    listeners: z.tuple([
      z.object({
        filter_chains: z.tuple([z.object({ filters: z.tuple([z.object({ typed_config: connectionManager })]) })]),
      }),
    ]),
  }),
});

/**
 * The routes of Envoy's configuration, so that there is one list of them.
 *
 * @throws Error where every request goes through a filter that the forwarder does not know
 */
export function routesIn(config: string): ForwarderRoutes {
  const [{ filter_chains }] = bootstrap.parse(JSON.parse(config)).static_resources.listeners;
  const { http_filters: filters, route_config } = filter_chains[0].filters[0].typed_config;
  const unknown = filters.find(({ name, disabled }) => !disabled && ![...KNOWN_FILTERS, OF_AGENTS].includes(name));
  if (unknown !== undefined) {
    throw new Error(`the development forwarder does not know the filter ${unknown.name} of Envoy: install Envoy`);
  }
  const [{ routes }] = route_config.virtual_hosts;
  const leading = routes.filter(({ route: way }) => way !== undefined);
  const beyond = leading.filter((each) => forwarded(each).length === 0);
  return {
    routes: leading.flatMap(forwarded),
    isBeyond: (path) => beyond.some(({ match }) => fits(match, path)),
    removed: route_config.response_headers_to_remove,
  };
}

function fits(match: z.infer<typeof route>["match"], path: string): boolean {
  return "prefix" in match ? path.startsWith(match.prefix) : path.split("?", 1)[0] === match.path;
}

function forwarded({ match, route: way, typed_per_filter_config: more }: z.infer<typeof route>): ForwarderRoute[] {
  const settings = authorization.safeParse(more[AUTHORIZATION]);
  const needsMore = Object.keys(more).some((name) => name !== AUTHORIZATION);
  if (way === undefined || needsMore || !settings.success || !("prefix" in match)) return [];
  const { prefix_rewrite: rewrite, host_rewrite_literal: host } = way;
  if (rewrite === undefined || host === undefined) return [];
  return [{ prefix: match.prefix, rewrite, host, extensions: settings.data.check_settings.context_extensions }];
}
