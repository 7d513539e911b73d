import { payments } from "../../../../fleet/tools";
import { PINS } from "./payments";

test("the stand-in's tools are those that the example pins", () => {
  const declared = [...payments.actions.values()].map(({ match, pin }) => ["tool" in match ? match.tool : "", pin]);
  expect(Object.fromEntries(declared)).toEqual(PINS);
});
