import { isObject } from "../value";

/** Headers that each request of HTTP has in Envoy */
const ALWAYS_THERE = [":path", ":method", ":scheme", ":authority", "host", "x-request-id", "x-forwarded-proto"];

/**
 * Whether a matcher of a header holds for each request (`true`) or for none (`false`); undefined where it depends on the request. One that
 * says nothing of the value asks whether the header is there.
 *
 * @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/config/route/v3/route_components.proto#config-route-v3-headermatcher
 */
export function headerHolds(matcher: unknown): boolean | undefined {
  if (!isObject(matcher)) return undefined;
  const name = String(matcher["name"]).toLowerCase();
  const isThere = ALWAYS_THERE.includes(name) || matcher["treat_missing_header_as_empty"] === true;
  const holds = isThere ? valueHolds(matcher, name === ":path") : undefined;
  return matcher["invert_match"] === true && holds !== undefined ? !holds : holds;
}

/** What is asked of the value of a header that is there */
function valueHolds(matcher: Readonly<Record<string, unknown>>, isPath: boolean): boolean | undefined {
  const { present_match: isPresent, string_match: text, ...rest } = matcher;
  if (typeof isPresent === "boolean")
    return ALWAYS_THERE.includes(String(rest["name"]).toLowerCase()) ? isPresent : undefined;
  if (isObject(text)) return textHolds(text, isPath);
  // Older names for the same
  for (const name of ["prefix", "contains", "suffix", "safe_regex"])
    if (`${name}_match` in rest) return textHolds({ [name]: rest[`${name}_match`] }, isPath);
  const isAsked = Object.keys(rest).some((key) => key.endsWith("_match") && key !== "invert_match");
  return isAsked || !ALWAYS_THERE.includes(String(rest["name"]).toLowerCase()) ? undefined : true;
}

/** The same for a matcher of the path, which begins with a slash */
export function pathHolds(matcher: unknown): boolean | undefined {
  return isObject(matcher) ? textHolds(matcher, true) : undefined;
}

function textHolds(matcher: Readonly<Record<string, unknown>>, isPath: boolean): boolean | undefined {
  const always: readonly unknown[] = isPath ? ["", "/"] : [""];
  if (always.includes(matcher["prefix"]) || always.includes(matcher["contains"]) || matcher["suffix"] === "")
    return true;
  const regex = isObject(matcher["safe_regex"]) ? matcher["safe_regex"]["regex"] : undefined;
  const isOfAny = typeof regex === "string" && /^\^?\/?\.[*+]\$?$/.test(regex);
  return isOfAny && (isPath || !regex.includes("/")) ? true : undefined;
}
