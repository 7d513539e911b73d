import { ENVOY_TYPES, envoyConfigsOf, type EnvoyMessage, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import {
  answersItself,
  authorizerNames,
  decidesAlways,
  isAsked,
  isAuthorizer,
  isEnforced,
  isOff,
  isOptional,
} from "../../private/envoy-authorizers";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, flagOf, isObject } from "../../value";

/** A token may be left out, and RBAC may only watch, where another filter of the same listener decides. */
export const bypass: BlockRule = {
  id: "AMBIT-ENVOY-BYPASS",
  severity: "critical",
  what: "a filter of Envoy that authorizes must decide on each request that goes on",
  why: "requests on the other routes, or without a token, reach the tool undecided",
  fix: "leave disabled, is_optional and filter_enabled out, and demand a token or another filter's decision",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      const messages = [...messagesIn(configuration, file)];
      const names = authorizerNames(messages);
      const decided = decidedBesides(messages);
      for (const message of messages) {
        yield* filterOf(message);
        yield* routeOf(message, names);
        if (isAuthorizer(message)) yield* undecidedBy(message, decided.has(message.body));
      }
    }
  },
};

/** What stands in a chain in which a filter decides on all */
function decidedBesides(messages: readonly EnvoyMessage[]): ReadonlySet<BlockBody> {
  const decided = new Set<BlockBody>();
  for (const { at, type, body } of messages) {
    if (type !== "HttpConnectionManager") continue;
    const inner = [...messagesIn(body, at)];
    if (inner.some((each) => isAuthorizer(each) && decidesAlways(each)))
      for (const each of inner) decided.add(each.body);
  }
  return decided;
}

function* filterOf({ at, body }: EnvoyMessage): Generator<Violation> {
  const [filter] = isObject(body["typed_config"]) ? messagesIn(body["typed_config"], at) : [];
  if (filter === undefined || !isAuthorizer(filter)) return;
  for (const name of ["disabled", "is_optional"])
    if (flagOf(body, name, `${at}.${name}`) === true)
      yield { what: `${filter.type}::${name}`, at: `${at}.${name}`, evidence: true };
}

function* routeOf({ at, body }: EnvoyMessage, names: ReadonlySet<string>): Generator<Violation> {
  const perFilter = body["typed_per_filter_config"];
  if (!isObject(perFilter) || answersItself(body)) return;
  for (const [name, settings] of Object.entries(perFilter)) {
    if (!isObject(settings)) continue;
    const isSet = names.has(name) || /\.(?:ExtAuthz|RBAC)PerRoute$/.test(String(settings["@type"]));
    const place = `${at}.typed_per_filter_config[${JSON.stringify(name)}]`;
    const where = typeof body["name"] === "string" ? `::${body["name"]}` : "";
    if (isSet && isOff(settings, place)) yield { what: `${name}${where}`, at: place, evidence: settings };
  }
}

function* undecidedBy(message: EnvoyMessage, isDecided: boolean): Generator<Violation> {
  const { at, type, body } = message;
  if (type === "ExtAuthz" && !isAsked(message))
    yield { what: "filter_enabled", at: `${at}.filter_enabled`, evidence: body["filter_enabled"] ?? null };
  else if (type === "RBAC" && !isDecided && !isEnforced(message))
    yield { what: "rules", at: `${at}.rules`, evidence: body["rules"] ?? null };
  else if (type === "JwtAuthentication" && !isDecided && isOptional(message))
    yield { what: "allow_missing", at, evidence: body["rules"] ?? null };
}
