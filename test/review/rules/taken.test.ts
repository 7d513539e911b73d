import type { ChangeKind } from "../../../review/change";
import type { Finding } from "../../../review/rules/rule-findings";
import { isTaken } from "../../../review/rules/apply-rules";
import type { ReviewRulesInput } from "../../../review/rules/rules-schema";
import cases from "../../cases/review/rules-taken.json";
import { principal } from "./example-review";
import { rulesWith } from "./example-rules";

type When = NonNullable<ReviewRulesInput["approvals"]>[number]["when"];

interface Case {
  readonly when: When;
  readonly finding: {
    readonly about: Finding["about"];
    readonly stands?: boolean;
    readonly kind?: ChangeKind;
    readonly code?: string;
    readonly path?: string;
    readonly id?: string;
    readonly before?: string;
    readonly after?: string;
  };
  readonly taken: boolean;
}

const risk = (tier: string) => ({ score: 1, tier, reasons: [] });

function findingOf({ id, before, after, stands = false, ...finding }: Case["finding"]): Finding {
  const state = { ...(before && { before: risk(before) }), ...(after && { after: risk(after) }) };
  const whose = id === undefined ? {} : { principal: principal({ id, risk: state }) };
  const kind = finding.about === "gain" ? { kind: "action" as const } : {};
  return { ...kind, ...finding, ...whose, stands, text: "" };
}

const named = (cases as readonly Case[]).map((one) => ({
  ...one,
  name: `${JSON.stringify(one.when)} ${one.taken ? "takes" : "does not take"} ${JSON.stringify(one.finding)}`,
}));

test.each(named)("$name", ({ when, finding, taken }) => {
  const [rule] = rulesWith({ approvals: [{ name: "a", when, approvers: ["@acme/security"] }] }).approvals;
  expect(isTaken(findingOf(finding), rule?.when ?? {})).toBe(taken);
});
