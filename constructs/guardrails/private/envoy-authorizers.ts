import { type EnvoyMessage, messagesIn } from "../envoy-config";
import { type BlockBody, blockOf, flagOf, isObject, listOf, numberOf, textOf } from "../value";

/** Filters that decide whether a request goes on */
const AUTHORIZERS = new Set(["ExtAuthz", "JwtAuthentication", "RBAC"]);

export function isAuthorizer({ type, body }: EnvoyMessage): boolean {
  return AUTHORIZERS.has(type) && String(body["@type"]).includes(".filters.");
}

/** Names of the filters that decide in a configuration, by which routes set them; those that Envoy knows them by among them */
export function authorizerNames(messages: readonly EnvoyMessage[]): ReadonlySet<string> {
  const own = messages.flatMap(({ body: { name, typed_config: config } }) => {
    const [inner] = isObject(config) ? messagesIn(config, "") : [];
    return typeof name === "string" && inner !== undefined && isAuthorizer(inner) ? [name] : [];
  });
  return new Set([...own, ...["ext_authz", "jwt_authn", "rbac"].map((each) => `envoy.filters.http.${each}`)]);
}

/** A filter of TCP or HTTP that decides on all of its requests, by rules of its own or an authorizer's */
export function decidesAlways(message: EnvoyMessage): boolean {
  if (message.type === "ExtAuthz") return isAsked(message);
  if (message.type === "RBAC") return isEnforced(message);
  return message.type === "JwtAuthentication" && !isOptional(message);
}

/** Whether RBAC has rules that refuse, not only such as it counts by or writes down */
export function isEnforced({ at, body }: EnvoyMessage): boolean {
  if (isObject(body["matcher"])) return true;
  const rules = blockOf(body, "rules", `${at}.rules`);
  return rules !== undefined && !["LOG", "2"].includes(textOf(rules, "action", `${at}.rules.action`) ?? "");
}

/** Whether a request without a valid token goes on */
export function isOptional({ at, body }: EnvoyMessage): boolean {
  return [...messagesIn(body, at)].some((each) =>
    ["allow_missing", "allow_missing_or_failed"].some((name) => isObject(each.body[name])),
  );
}

/** Whether an authorizer is asked about each request, or those that it is not asked about are refused */
export function isAsked({ at, body }: EnvoyMessage): boolean {
  const refuses = blockOf(body, "deny_at_disable", `${at}.deny_at_disable`) ?? {};
  if (flagOf(refuses, "default_value", `${at}.deny_at_disable.default_value`) === true) return true;
  const place = `${at}.filter_enabled`;
  return isWhole(blockOf(body, "filter_enabled", place), place);
}

/** Whether a fraction that is written is all; one that is left out is. @see FractionalPercent of envoy/type/v3/percent.proto */
function isWhole(enabled: BlockBody | undefined, at: string): boolean {
  if (enabled === undefined) return true;
  const { numerator, denominator } = fractionIn(blockOf(enabled, "default_value", at) ?? {}, at);
  return numerator >= denominator;
}

const DENOMINATORS: Readonly<Record<string, number>> = {
  HUNDRED: 100,
  TEN_THOUSAND: 10_000,
  MILLION: 1_000_000,
  0: 100,
  1: 10_000,
  2: 1_000_000,
};

function fractionIn(value: BlockBody, at: string): { readonly numerator: number; readonly denominator: number } {
  const name = textOf(value, "denominator", `${at}.denominator`) ?? "HUNDRED";
  return {
    numerator: numberOf(value, "numerator", `${at}.numerator`) ?? 0,
    denominator: DENOMINATORS[name] ?? Infinity,
  };
}

/** What a route, or what stands around routes, sets for a filter, and turns it off by */
export function isOff(settings: BlockBody, at: string): boolean {
  const type = String(settings["@type"]).split(".").at(-1);
  if (flagOf(settings, "disabled", `${at}.disabled`) === true) return true;
  if (type === "RBACPerRoute") return !isObject(settings["rbac"]) || !isEnforced({ at, type, body: settings["rbac"] });
  const inner = type === "FilterConfig" ? settings["config"] : undefined;
  return isObject(inner) && isOff(inner, `${at}.config`);
}

/** Whether Envoy answers by itself on each of the routes, so that nothing goes on */
export function answersItself(body: BlockBody): boolean {
  const routes = listOf(body["routes"]).filter(isObject);
  if (routes.length > 0) return routes.every(answersItself);
  return ["direct_response", "redirect"].some((name) => isObject(body[name]));
}
