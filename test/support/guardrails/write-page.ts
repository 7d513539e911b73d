import { readFileSync, writeFileSync } from "node:fs";
import { RULES_HEADING, RULES_PAGE, rulesText } from "./page";

// `npm run guardrails-page`: the half of docs/guardrails.md that a person writes stays.
const [head = ""] = readFileSync(RULES_PAGE, "utf8").split(RULES_HEADING);
writeFileSync(RULES_PAGE, `${head}${rulesText()}`);
