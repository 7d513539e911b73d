import type { Json } from "../../../../domain";
import { ENVOY_TYPES, envoyConfigsOf, type EnvoyMessage, hasEnvoyConfig, messagesIn } from "../../envoy-config";
import { digestOf } from "../../finding";
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
import { chosenFilters, filterIn, isSkipped } from "../../private/envoy-matching";
import { type EnvoyRuntime, runtimeOf } from "../../private/envoy-runtime";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, flagOf, isObject } from "../../value";

/** A token may be left out, and RBAC may only watch, where another filter of the same listener decides. */
export const bypass: BlockRule = {
  id: "AMBIT-ENVOY-BYPASS",
  severity: "critical",
  what: "a filter of Envoy that authorizes must decide on each request that goes on",
  why: "requests on the other routes, or without a token, reach the tool undecided",
  fix: "leave disabled, is_optional, filter_enabled, observability_mode and matchers that skip it out, name who is allowed, and demand a token or another filter's decision",
  standards: ["sp800-207/6", "owasp-asi/ASI02", "owasp-mcp/MCP07", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      const messages = [...messagesIn(configuration, file)];
      const names = authorizerNames(messages);
      const runtime = runtimeOf(configuration);
      const decided = decidedBesides(messages, runtime);
      for (const message of messages) {
        yield* filterOf(message);
        yield* routeOf(message, names);
        yield* chosenOf(message);
        yield* undecidedBy(message, decided.has(message.body), runtime);
      }
    }
  },
};

/** What stands in a chain in which a filter decides on all */
function decidedBesides(messages: readonly EnvoyMessage[], runtime: EnvoyRuntime): ReadonlySet<BlockBody> {
  const decided = new Set<BlockBody>();
  for (const { at, type, body } of messages) {
    if (type !== "HttpConnectionManager") continue;
    const inner = [...messagesIn(body, at)];
    if (inner.some((each) => isAuthorizer(each) && decidesAlways(each, runtime)))
      for (const each of inner) decided.add(each.body);
  }
  return decided;
}

function* filterOf({ at, body }: EnvoyMessage): Generator<Violation> {
  const config = body["typed_config"];
  const filter = filterIn(config, at);
  if (filter === undefined || !isAuthorizer(filter)) return;
  if (isObject(config) && isSkipped(config))
    yield { what: `${filter.type}::SkipFilter`, at: `${at}.typed_config`, evidence: digestOf(config as Json) };
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

function* chosenOf(message: EnvoyMessage): Generator<Violation> {
  for (const filter of chosenFilters(message).filter(isAuthorizer))
    yield { what: `${filter.type}::ExecuteFilterAction`, at: message.at, evidence: digestOf(message.body as Json) };
}

function* undecidedBy(message: EnvoyMessage, isDecided: boolean, runtime: EnvoyRuntime): Generator<Violation> {
  const { at, type, body } = message;
  if (type === "ExternalProcessor" && !isDecided && flagOf(body, "observability_mode", at) === true)
    yield { what: "observability_mode", at: `${at}.observability_mode`, evidence: true };
  if (!isAuthorizer(message)) return;
  if (type === "ExtAuthz" && !isAsked(message, runtime))
    yield {
      what: "filter_enabled",
      at: `${at}.filter_enabled`,
      evidence: body["filter_enabled"] ?? body["filter_enabled_metadata"] ?? null,
    };
  else if (type === "RBAC" && !isDecided && !isEnforced(message))
    yield { what: "rules", at: `${at}.rules`, evidence: body["rules"] ?? body["matcher"] ?? null };
  else if (type === "JwtAuthentication" && !isDecided && isOptional(message))
    yield { what: "allow_missing", at, evidence: body["rules"] ?? null };
}
