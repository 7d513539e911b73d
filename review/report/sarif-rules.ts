import { CHANGE_KINDS } from "../change";
import { type Finding, isGrave } from "./importance";

/** What each rule finds. A name is never given another meaning: alerts are known by it. */
const TEXT: Readonly<Record<Finding["kind"], string>> = {
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
};

const NAMES: readonly Finding["kind"][] = [...CHANGE_KINDS, "unknown"];

export type Level = "error" | "warning";

export const levelOf = (finding: Pick<Finding, "kind">): Level => (isGrave(finding) ? "error" : "warning");

export const ruleId = ({ kind }: Pick<Finding, "kind">): string => `ambit/${kind}`;

export const ruleIndex = ({ kind }: Pick<Finding, "kind">): number => NAMES.indexOf(kind);

/** All of them, whatever was found: what a rule is called says nothing of one review */
export const RULES = NAMES.map((kind) => ({
  id: ruleId({ kind }),
  shortDescription: { text: TEXT[kind] },
  fullDescription: { text: `${TEXT[kind]}.` },
  help: { text: "Compare base and head with `ambit review`, and approve only what the change is meant to give." },
  defaultConfiguration: { level: levelOf({ kind }) },
  properties: { tags: ["security", "access"] },
}));
