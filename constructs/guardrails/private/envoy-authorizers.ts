import type { Json } from "../../../domain";
import { type EnvoyMessage, messagesIn } from "../envoy-config";
import { filterIn, isSkipped } from "./envoy-matching";
import { passedBy } from "./envoy-rbac";
import type { EnvoyRuntime } from "./envoy-runtime";
import { type BlockBody, blockOf, flagOf, isObject, listOf, numberOf, textOf } from "../value";

/** Filters that decide whether a request goes on */
const AUTHORIZERS = new Set(["ExtAuthz", "JwtAuthentication", "RBAC"]);

export function isAuthorizer({ type, body }: EnvoyMessage): boolean {
  return AUTHORIZERS.has(type) && String(body["@type"]).includes(".filters.");
}

/** Names of the filters that decide in a configuration, by which routes set them; those that Envoy knows them by among them */
export function authorizerNames(messages: readonly EnvoyMessage[]): ReadonlySet<string> {
  const own = messages.flatMap(({ body: { name, typed_config: config } }) => {
    const inner = filterIn(config, "");
    return typeof name === "string" && inner !== undefined && isAuthorizer(inner) ? [name] : [];
  });
  return new Set([...own, ...["ext_authz", "jwt_authn", "rbac"].map((each) => `envoy.filters.http.${each}`)]);
}

/** A filter of TCP or HTTP that decides on all of its requests, by rules of its own or an authorizer's */
export function decidesAlways(message: EnvoyMessage, runtime: EnvoyRuntime): boolean {
  if (message.type === "ExtAuthz") return isAsked(message, runtime);
  if (message.type === "RBAC") return passedBy(message.body, message.at) === "named";
  return message.type === "JwtAuthentication" && !isOptional(message);
}

/** Whether RBAC has rules that refuse, not only such as it counts by or writes down, or that allow everything */
export function isEnforced({ at, body }: EnvoyMessage): boolean {
  return !["all", "nothing"].includes(passedBy(body, at));
}

/** Whether a request without a valid token goes on */
export function isOptional({ at, body }: EnvoyMessage): boolean {
  return (
    demandsNone(body) ||
    [...messagesIn(body, at)].some((each) =>
      ["allow_missing", "allow_missing_or_failed"].some((name) => isObject(each.body[name])),
    )
  );
}

/** Whether no rule demands a token, and no route can demand one by a name */
function demandsNone(body: BlockBody): boolean {
  const rules = listOf(body["rules"]).filter(isObject);
  const isNamed = ["requirement_map", "filter_state_rules"].some((name) => isObject(body[name]));
  return !isNamed && rules.every((rule) => !isObject(rule["requires"]) || Object.keys(rule["requires"]).length === 0);
}

/** Whether an authorizer is asked about each request, or those that it is not asked about are refused */
export function isAsked({ at, body }: EnvoyMessage, runtime: EnvoyRuntime): boolean {
  const refuses = blockOf(body, "deny_at_disable", `${at}.deny_at_disable`) ?? {};
  const isRefused = valueOf(refuses, runtime, (value) => value ?? refuses["default_value"] ?? false);
  if (isRefused.every((value) => flagOf({ value }, "value", `${at}.deny_at_disable.default_value`) === true))
    return true;
  if (isObject(body["filter_enabled_metadata"])) return false;
  const place = `${at}.filter_enabled`;
  const enabled = blockOf(body, "filter_enabled", place);
  if (enabled === undefined) return true;
  return valueOf(enabled, runtime, (value) => value ?? enabled["default_value"] ?? {}).every((value) =>
    isWhole(value, place),
  );
}

/** The values that a setting can have: one that is set while Envoy runs can be none. */
function valueOf(setting: BlockBody, runtime: EnvoyRuntime, read: (fixed: Json | undefined) => Json): readonly Json[] {
  const key = setting["runtime_key"];
  if (typeof key !== "string" || key === "") return [read(undefined)];
  return runtime.isOpen ? [false] : [read(runtime.of(key))];
}

/** Whether a fraction is all, as an object or in hundredths. @see FractionalPercent of envoy/type/v3/percent.proto */
function isWhole(value: Json, at: string): boolean {
  if (!isObject(value)) return Number(value) >= 100;
  const { numerator, denominator } = fractionIn(value, at);
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
  if (flagOf(settings, "disabled", `${at}.disabled`) === true || isSkipped(settings)) return true;
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
