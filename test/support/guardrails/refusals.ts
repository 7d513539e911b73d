import { IamAccessKey } from "@cdktf/provider-aws/lib/iam-access-key";
import { acknowledge } from "../../../constructs/guardrails";
import { newStack, Template } from "../synth";

/** Declarations that are refused with the codes of guardrails, for docs/errors.md */
export const GUARDRAIL_REFUSALS = {
  "guardrail.violated": (): unknown => {
    const stack = newStack();
    new IamAccessKey(stack, "Key", { user: "ci" });
    return Template.of(stack);
  },
  "acknowledgement.malformed": (): unknown =>
    acknowledge(new IamAccessKey(newStack(), "Key", { user: "ci" }), {
      finding: "AMBIT-CREDENTIALS-ACCESS-KEY[aws_iam_access_key]",
      hash: "any",
      reason: "the vendor knows no roles yet",
      owner: "ci@acme.example",
      expires: "2027-03-31",
    }),
};
