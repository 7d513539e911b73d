import { IamAccessKey } from "@cdktf/provider-aws/lib/iam-access-key";
import { Agent, Budget, Fleet, Tool } from "../../../constructs";
import { checkFleetAgainstPlatform } from "../../../constructs/agent/platform-rules";
import { acknowledge } from "../../../constructs/guardrails";
import { newStack, platformWith, Template } from "../synth";

const payments = Tool.http("payments", {
  url: "https://payments.acme.example",
  clearance: "restricted",
  actions: { refund: { method: "POST", path: "/refunds", impact: "high" } },
});

/** Declarations that are refused with the codes of guardrails and of risk, for docs/errors.md */
export const GUARDRAIL_REFUSALS = {
  "risk.control-missing": (): unknown => {
    const agent = Agent.define("refunder", {
      owner: "support@acme.example",
      purpose: "Pays refunds",
      expires: "2027-06-30",
      workload: { namespace: "support" },
      tasks: { refund: { startedBy: "user", tools: [payments.allow("refund")], budget: Budget.perDay(20) } },
    });
    const because = "payments have two people who answer for them";
    const platform = platformWith({ risk: [{ from: "medium", requires: "second-owner", because }] });
    return checkFleetAgainstPlatform(Fleet.of(agent), platform);
  },
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
