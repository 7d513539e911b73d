import { courier } from "./courier";
import { PINS } from "./courier-server";

test("the stand-in's tools are those that the story's fleet pins", () => {
  const declared = [...courier.actions.values()].map(({ match, pin }) => ["tool" in match ? match.tool : "", pin]);
  expect(Object.fromEntries(declared)).toEqual(PINS);
});
