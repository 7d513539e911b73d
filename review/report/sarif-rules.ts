import { CHANGE_KINDS } from "../change";
import type { Finding } from "./finding";
import { isGrave } from "./importance";

type Rule = Finding["kind"] | "undeclared" | "ungranted";

/** What each rule finds. A name is never given another meaning: alerts are known by it. */
const TEXT: Readonly<Record<Rule, string>> = {
  action: "An agent can do more in AWS or in the cluster than before",
  trust: "More principals can become an agent, or act as it, than before",
  boundary: "A boundary around an agent is gone or wider than before",
  ttl: "Credentials or decisions last longer than before",
  delegation: "An agent can hand more to other agents than before",
  destination: "An agent can reach more destinations than before",
  sensitivity: "An agent can read or hold more sensitive data than before",
  tool: "An agent can call more of its tools than before",
  approval: "An agent can do without approval, or with a weaker one, what needed it before",
  enforcement: "What was enforced before is only observed",
  network: "A workload can send or receive more traffic than before",
  identity: "More workloads can have an agent's identity than before",
  unknown: "It could not be decided whether access is gained: it counts as gained",
  combination: "An agent can do what is harmless by itself and harmful together",
  undeclared: "No declaration explains this access",
  ungranted: "This is declared, but not granted: it will be refused",
};

const NAMES: readonly Rule[] = [...CHANGE_KINDS, "unknown", "combination", "undeclared", "ungranted"];

export type Level = "error" | "warning" | "note";

type Sorted = Pick<Finding, "kind" | "direction">;

/** What is harmful together and stood before is there to be known, not to stop anybody. */
export function levelOf(finding: Sorted): Level {
  if (finding.direction === "standing") return "note";
  return defaultLevel(ruleOf(finding));
}

export const ruleId = (finding: Sorted): string => idOf(ruleOf(finding));

export const ruleIndex = (finding: Sorted): number => NAMES.indexOf(ruleOf(finding));

function ruleOf({ kind, direction }: Sorted): Rule {
  return direction === "undeclared" || direction === "ungranted" ? direction : kind;
}

function defaultLevel(rule: Rule): Level {
  return rule !== "undeclared" && rule !== "ungranted" && isGrave({ kind: rule }) ? "error" : "warning";
}

function idOf(rule: Rule): string {
  return `ambit/${rule}`;
}

/** All rules, also those without a finding */
export const RULES = NAMES.map((rule) => ({
  id: idOf(rule),
  shortDescription: { text: TEXT[rule] },
  fullDescription: { text: `${TEXT[rule]}.` },
  help: { text: "Compare base and head with `ambit review`, and approve only what the change is meant to give." },
  defaultConfiguration: { level: defaultLevel(rule) },
  properties: { tags: ["security", "access"] },
}));
