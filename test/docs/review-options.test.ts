import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reviewCommand } from "../../cli/review";
import { ROOT } from "./pages";

test("the page of a review has a row for each option, as the command takes it", () => {
  const page = readFileSync(join(ROOT, "docs/review-a-pull-request.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(--[^`]+)`/gm)].map((match) => match[1]);
  const command = reviewCommand({ out: () => undefined, err: () => undefined });
  expect(command.options.map(({ flags }) => flags).sort()).toEqual(rows.sort());
});
