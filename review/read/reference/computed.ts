import type { Declared } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import { textParts } from "../expression/text";
import { joined, Unknown, type Value } from "../expression/value";
import { policyDocument } from "../policy/policy-document";
import { ARNS, FOUND_BY_NAME, IDS, REWRITTEN } from "./arns";
import type { ProviderFacts } from "./provider";
import type { Lookup } from "./lookup";

/** An attribute that AWS or Terraform adds, where it follows from the configuration */
export function computed(lookup: Lookup, declared: Declared, name: string, budget: Budget): Value | undefined {
  const { type, mode } = declared;
  if (REWRITTEN.has(`${type}.${name}`)) {
    return new Unknown(`${declared.address}.${name} #${lookup.fingerprint(declared, budget)}`);
  }
  if (mode === "data") {
    const asked = askedOfProvider(lookup, declared, name, budget);
    if (asked !== undefined) return asked;
    if (type === "aws_iam_policy_document" && (name === "json" || name === "minified_json")) {
      const read = policyDocument((argument) => lookup.argument(declared, argument, budget), budget);
      if ("json" in read) return read.json;
      return new Unknown(`${declared.address}.json, ${read.unknown} #${lookup.fingerprint(declared, budget)}`);
    }
    if (!FOUND_BY_NAME.has(type)) return undefined;
  }
  if (name === "arn") return arn(lookup, declared, budget);
  if (name !== "id") return undefined;
  const same = IDS.get(type);
  if (same === undefined) return undefined;
  return same === "arn" ? arn(lookup, declared, budget) : given(lookup, declared, same, budget);
}

function askedOfProvider(lookup: Lookup, declared: Declared, name: string, budget: Budget): Value | undefined {
  switch (`${declared.type}.${name}`) {
    case "aws_caller_identity.account_id":
    case "aws_caller_identity.id":
      return lookup.facts(declared, budget).account;
    case "aws_partition.id":
    case "aws_partition.partition":
      return lookup.facts(declared, budget).partition;
    case "aws_region.id":
    case "aws_region.name":
    case "aws_region.region":
      return given(lookup, declared, "name", budget) ?? lookup.facts(declared, budget).region;
  }
  return undefined;
}

function arn(lookup: Lookup, declared: Declared, budget: Budget): Value | undefined {
  const pattern = ARNS.get(declared.type);
  if (pattern === undefined) return undefined;
  const facts = lookup.facts(declared, budget);
  const parts: (string | Unknown)[] = [];
  for (const [index, part] of pattern.split(/\{(\w+)\}/).entries()) {
    const value = index % 2 === 0 ? part : (factOf(facts, part) ?? fill(lookup, declared, part, budget));
    if (value === undefined) return undefined;
    parts.push(...textParts(value, budget));
  }
  return joined(parts);
}

function factOf(facts: ProviderFacts, name: string): Value | undefined {
  return Object.hasOwn(facts, name) ? facts[name as keyof typeof facts] : undefined;
}

/** What stands for a name in a pattern; undefined where the argument is not given */
function fill(lookup: Lookup, declared: Declared, name: string, budget: Budget): Value | undefined {
  switch (name) {
    case "path":
      return given(lookup, declared, "path", budget) ?? "/";
    case "suffix":
      return new Unknown(`${declared.address}.suffix`);
    case "host": {
      const url = given(lookup, declared, "url", budget);
      return typeof url === "string" ? url.replace(/^https:\/\//, "") : undefined;
    }
    case "relative": {
      const path = given(lookup, declared, "name", budget);
      return typeof path === "string" ? path.replace(/^\//, "") : undefined;
    }
  }
  return given(lookup, declared, name, budget);
}

function given(lookup: Lookup, declared: Declared, name: string, budget: Budget): Value | undefined {
  const value = lookup.argument(declared, name, budget);
  return value === "" ? undefined : value;
}
