import { type BlockBody, blockOf, isObject, listOf, textOf } from "../value";
import { headerHolds, pathHolds } from "./envoy-texts";
import { sumToEverywhere } from "./range-sums";

/** What a filter lets through: `all`, `rest` what it does not name, `named` only what it names */
type Passed = "all" | "named" | "rest";

/** Whether something holds for each request (`true`) or for none (`false`); undefined where it depends on the request */
type Truth = boolean | undefined;

/**
 * What a filter RBAC does with requests: `all` lets each pass, `rest` those that it does not name, `named` only those that it names, and
 * `nothing` refuses none, as it counts or logs.
 *
 * @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/config/rbac/v3/rbac.proto
 */
export function passedBy(filter: BlockBody, at: string): Passed | "nothing" {
  const matcher = filter["matcher"];
  if (isObject(matcher)) return passedByMatcher(matcher);
  const rules = blockOf(filter, "rules", `${at}.rules`);
  const action = rules === undefined ? "LOG" : (textOf(rules, "action", `${at}.rules.action`) ?? "ALLOW");
  if (rules === undefined || ["LOG", "2"].includes(action)) return "nothing";
  const policies = Object.values(blockOf(rules, "policies", `${at}.rules.policies`) ?? {}).filter(isObject);
  if (["DENY", "1"].includes(action)) return policies.every(isOfNone) ? "all" : "rest";
  const open = policies.filter((each) => conditionsOf(each).every(isTrue) && anyHolds(listOf(each["permissions"])));
  return anyHolds(open.flatMap((each) => listOf(each["principals"]))) ? "all" : "named";
}

/** The first matcher that takes a request decides. What none takes is refused, unless an action is given for it, whose default is to allow. */
function passedByMatcher(matcher: BlockBody): Passed {
  const list = isObject(matcher["matcher_list"]) ? listOf(matcher["matcher_list"]["matchers"]).filter(isObject) : [];
  let isDenied = isObject(matcher["matcher_tree"]);
  for (const { predicate, on_match: onMatch } of list) {
    const truth = predicateHolds(predicate);
    if (truth === false) continue;
    const passed = passedByAction(onMatch);
    if (truth === true) return passed === "all" && isDenied ? "rest" : passed;
    isDenied ||= passed !== "all";
  }
  if (!isObject(matcher["on_no_match"]) || passedByAction(matcher["on_no_match"]) === "named") return "named";
  return isDenied ? "rest" : "all";
}

function passedByAction(onMatch: unknown): Passed {
  if (!isObject(onMatch)) return "named";
  if (isObject(onMatch["matcher"])) return passedByMatcher(onMatch["matcher"]);
  const action = isObject(onMatch["action"]) ? onMatch["action"]["typed_config"] : undefined;
  const isAllowed = !isObject(action) || ["ALLOW", "LOG", "0", "2"].includes(String(action["action"] ?? "ALLOW"));
  return isAllowed ? "all" : "named";
}

/** @see https://www.envoyproxy.io/docs/envoy/v1.37.1/api-v3/xds/type/matcher/v3/matcher.proto */
function predicateHolds(predicate: unknown): Truth {
  if (!isObject(predicate)) return undefined;
  const { single_predicate: single, and_matcher: all, or_matcher: any, not_matcher: not } = predicate;
  if (isObject(all)) return every(listOf(all["predicate"]).map(predicateHolds));
  if (isObject(any)) return some(listOf(any["predicate"]).map(predicateHolds));
  if (isObject(not)) return opposite(predicateHolds(not));
  const input = isObject(single) && isObject(single["input"]) ? single["input"]["typed_config"] : undefined;
  if (!isObject(single) || !isObject(input) || !/\.HttpRequestHeaderMatchInput$/.test(String(input["@type"])))
    return undefined;
  return headerHolds({ name: input["header_name"], string_match: single["value_match"] });
}

function isOfNone(policy: BlockBody): boolean {
  return ["permissions", "principals"].some((name) => some(listOf(policy[name]).map(truthOf)) === false);
}

function conditionsOf(policy: BlockBody): readonly unknown[] {
  return ["condition", "checked_condition"].flatMap((name) => listOf(policy[name]));
}

/** A condition of CEL that is the constant `true` */
function isTrue(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  const constant = condition["const_expr"];
  return isObject(condition["expr"])
    ? isTrue(condition["expr"])
    : isObject(constant) && constant["bool_value"] === true;
}

/** Whether one of these permissions or principals holds for each request, or their ranges together do */
function anyHolds(rules: readonly unknown[]): boolean {
  if (some(rules.map(truthOf)) === true) return true;
  const objects = rules.filter(isObject);
  return ADDRESSES.some((name) => sumToEverywhere(objects.flatMap((each) => rangeOf(each[name]) ?? [])));
}

const ADDRESSES = ["remote_ip", "direct_remote_ip", "source_ip", "destination_ip"];

/** Whether a permission or a principal is that of each request */
function truthOf(rule: unknown): Truth {
  if (!isObject(rule)) return undefined;
  if (rule["any"] === true) return true;
  const { and_rules: rules, and_ids: ids, or_rules: anyRules, or_ids: anyIds, not_rule: notRule, not_id: notId } = rule;
  const [all, one, not] = [rules ?? ids, anyRules ?? anyIds, notRule ?? notId];
  if (isObject(all)) return every(listOf(all["rules"] ?? all["ids"]).map(truthOf));
  if (isObject(one)) {
    const parts = listOf(one["rules"] ?? one["ids"]);
    return anyHolds(parts) ? true : some(parts.map(truthOf));
  }
  if (isObject(not)) return opposite(truthOf(not));
  if (isObject(rule["url_path"])) return pathHolds(rule["url_path"]["path"]);
  if (isObject(rule["header"])) return headerHolds(rule["header"]);
  const isEverywhere =
    isEveryPort(rule["destination_port_range"]) || ADDRESSES.some((name) => isEveryAddress(rule[name]));
  return isEverywhere ? true : undefined;
}

/** The end is no part of the range. */
function isEveryPort(range: unknown): boolean {
  return isObject(range) && Number(range["start"] ?? 0) <= 1 && Number(range["end"]) >= 65_535;
}

/** A prefix without a length has none of its bits. */
function isEveryAddress(range: unknown): boolean {
  return rangeOf(range)?.endsWith("/0") === true;
}

function rangeOf(range: unknown): string | undefined {
  if (!isObject(range)) return undefined;
  const length = isObject(range["prefix_len"]) ? range["prefix_len"]["value"] : range["prefix_len"];
  return `${String(range["address_prefix"])}/${Number(length ?? 0)}`;
}

function every(parts: readonly Truth[]): Truth {
  return opposite(some(parts.map(opposite)));
}

function some(parts: readonly Truth[]): Truth {
  if (parts.includes(true)) return true;
  return parts.every((each) => each === false) ? false : undefined;
}

function opposite(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}
