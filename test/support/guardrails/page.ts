import { join } from "node:path";
import type { Rule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";

/** The page whose second half lists the rules */
export const RULES_PAGE = join(__dirname, "../../../docs/guardrails.md");

/** The heading from which on the page is written by `npm run guardrails-page` */
export const RULES_HEADING = "\n## The rules\n";

/** A section for each rule, in their order */
export function rulesText(rules: readonly Rule[] = RULES): string {
  return [`${RULES_HEADING}`, ...rules.map(section)].join("\n");
}

function section({ id, severity, what, why, fix, standards }: Rule): string {
  return `### \`${id}\`

**${capital(severity)}.** ${capital(what)}. Otherwise: ${why}.

**Fix.** ${capital(fix)}.

Standards: ${standards.map((each) => `\`${each}\``).join(", ")}
`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
