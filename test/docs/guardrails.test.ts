import { readFileSync } from "node:fs";
import { RULES_HEADING, RULES_PAGE, rulesText } from "../support/guardrails/page";

test("the page of guardrails has each rule as it is: `npm run guardrails-page` writes it", () => {
  const page = readFileSync(RULES_PAGE, "utf8");
  expect(page.slice(page.indexOf(RULES_HEADING))).toBe(rulesText());
});
