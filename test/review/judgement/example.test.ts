import { reviewOf } from "../../../review/pull-request/review-of";
import { synthesize } from "../../support/example-app";
import { estateOf, filesOf } from "../../support/review/folders";

const example = estateOf(filesOf(synthesize()));

test("the example has no access that it does not declare, and declares none that it has not got", () => {
  const nothing = estateOf({ "main.tf.json": "{}" });
  const { undeclared, ungranted } = reviewOf(nothing, example);
  expect({ undeclared, ungranted }).toEqual({ undeclared: [], ungranted: [] });
});

test("compared with itself it says nothing", () => {
  expect(reviewOf(example, example)).toMatchObject({
    agents: [],
    unknown: [],
    undeclared: [],
    ungranted: [],
    requiresApproval: false,
  });
});
