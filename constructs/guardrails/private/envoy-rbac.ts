import { type BlockBody, blockOf, isObject, listOf, textOf } from "../value";

/**
 * What a filter RBAC does with requests: `all` lets each pass, `rest` those that it does not name, `named` only those that it names, and
 * `nothing` refuses none, as it counts or logs.
 *
 * @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/config/rbac/v3/rbac.proto
 */
export function passedBy(filter: BlockBody, at: string): "all" | "named" | "nothing" | "rest" {
  const matcher = filter["matcher"];
  if (isObject(matcher)) return passedByMatcher(matcher);
  const rules = blockOf(filter, "rules", `${at}.rules`);
  const action = rules === undefined ? "LOG" : (textOf(rules, "action", `${at}.rules.action`) ?? "ALLOW");
  if (rules === undefined || ["LOG", "2"].includes(action)) return "nothing";
  const policies = Object.values(blockOf(rules, "policies", `${at}.rules.policies`) ?? {}).filter(isObject);
  if (["DENY", "1"].includes(action)) return policies.length === 0 ? "all" : "rest";
  return policies.some(isOpen) ? "all" : "named";
}

/** What no matcher takes is refused, unless an action is given for it, whose default is to allow. */
function passedByMatcher(matcher: BlockBody): "all" | "named" | "rest" {
  const otherwise = matcher["on_no_match"];
  if (!isObject(otherwise)) return "named";
  const action = isObject(otherwise["action"]) ? otherwise["action"]["typed_config"] : undefined;
  const isAllowed = !isObject(action) || ["ALLOW", "0"].includes(String(action["action"] ?? "ALLOW"));
  if (!isAllowed) return "named";
  return isObject(matcher["matcher_list"]) || isObject(matcher["matcher_tree"]) ? "rest" : "all";
}

function isOpen(policy: BlockBody): boolean {
  const conditions = ["condition", "checked_condition"].flatMap((name) => listOf(policy[name]));
  return (
    conditions.every(holds) &&
    ["permissions", "principals"].every((name) => listOf(policy[name]).some((each) => isAny(each)))
  );
}

/** A condition of CEL that is the constant `true` */
function holds(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  const constant = condition["const_expr"];
  return isObject(condition["expr"]) ? holds(condition["expr"]) : isObject(constant) && constant["bool_value"] === true;
}

/** Whether a permission or a principal is that of each request */
function isAny(rule: unknown): boolean {
  if (!isObject(rule)) return false;
  if (rule["any"] === true) return true;
  for (const [name, list, isWhole] of [
    ["and_rules", "rules", true],
    ["and_ids", "ids", true],
    ["or_rules", "rules", false],
    ["or_ids", "ids", false],
  ] as const) {
    const set = rule[name];
    if (isObject(set)) return isWhole ? listOf(set[list]).every(isAny) : listOf(set[list]).some(isAny);
  }
  return (
    isEveryPath(rule["url_path"]) ||
    isEveryHeader(rule["header"]) ||
    ["remote_ip", "direct_remote_ip", "destination_ip"].some((name) => isEveryAddress(rule[name]))
  );
}

function isEveryPath(rule: unknown): boolean {
  const path = isObject(rule) ? rule["path"] : undefined;
  return isObject(path) && isEveryText(path, ["", "/"]);
}

/** Headers that each request of HTTP has in Envoy */
const ALWAYS_THERE = [":path", ":method", ":scheme", ":authority", "host", "x-request-id", "x-forwarded-proto"];

function isEveryHeader(rule: unknown): boolean {
  if (!isObject(rule) || !ALWAYS_THERE.includes(String(rule["name"])) || rule["invert_match"] === true) return false;
  if (rule["present_match"] === true) return true;
  const prefixes = rule["name"] === ":path" ? ["", "/"] : [""];
  const text = isObject(rule["string_match"]) ? rule["string_match"] : {};
  return isEveryText(text, prefixes);
}

function isEveryText(match: BlockBody, prefixes: readonly string[]): boolean {
  const regex = isObject(match["safe_regex"]) ? match["safe_regex"]["regex"] : undefined;
  return prefixes.includes(String(match["prefix"])) || (typeof regex === "string" && /^\^?\/?\.[*+]\$?$/.test(regex));
}

/** A prefix without a length has none of its bits. */
function isEveryAddress(range: unknown): boolean {
  if (!isObject(range)) return false;
  const length = isObject(range["prefix_len"]) ? range["prefix_len"]["value"] : range["prefix_len"];
  return Number(length ?? 0) === 0;
}
