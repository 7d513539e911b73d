import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { readFileSync } from "node:fs";
import { refusal } from "../support/domain";
import { RULES_HEADING, RULES_PAGE, rulesText } from "../support/guardrails/page";
import { newStack, Template } from "../support/synth";

test("the page of guardrails has each rule as it is: `npm run guardrails-page` writes it", () => {
  const page = readFileSync(RULES_PAGE, "utf8");
  expect(page.slice(page.indexOf(RULES_HEADING))).toBe(rulesText());
});

test("the page shows the refusal of its sample, and acknowledges it by its hash", () => {
  const page = readFileSync(RULES_PAGE, "utf8");
  const stack = newStack();
  const Statement = [{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::acme-exports/*" }];
  const policy = JSON.stringify({ Version: "2012-10-17", Statement });
  new IamRolePolicy(stack, "Exporter", { role: "exporter", policy });
  const { message } = refusal(() => Template.of(stack));
  expect(page).toContain(message.replace("(test/", "(control/").replace('"test"', '"control"'));
  const hash = /with hash ("[0-9a-f]{32}")/.exec(message)?.[1];
  expect(page).toContain(`      hash: ${hash},`);
});
