import { lastPart } from "../../../iam/sets/last-part";

test.each([
  ["role/bot", "bot"],
  ["role/path/bot", "bot"],
  ["role/${app/var.name}", "${app/var.name}"],
  ["role/${app/var.path}/bot", "bot"],
  ["role/bot-${app/var.name}", "bot-${app/var.name}"],
  ["role/${app/var.name}-${app/var.other}", "${app/var.name}-${app/var.other}"],
  ["role/${open/bot", "bot"],
  ["role/", ""],
  ["bot", "bot"],
])("the last part of %s is %s", (text, last) => expect(lastPart(text)).toBe(last));

test("what is opened again and again and never closed takes no long time", () => {
  expect(lastPart("${/".repeat(500_000))).toBe("");
});
