import type { IntentQuestion } from "../../runtime/decision/intent-evaluator";

export const INTENT_QUESTION: IntentQuestion = {
  agent: { name: "support-triage", spiffeId: "spiffe://prod.acme.example/ns/support/sa/support-triage" },
  task: "answer",
  purpose: "Answers support tickets",
  tool: "zendesk",
  action: "comment",
  destination: "acme.zendesk.com",
  requestDigest: `sha256:${"1".repeat(64)}`,
  chain: [{ spiffeId: "spiffe://prod.acme.example/ns/support/sa/planner", task: "plan" }],
  userPresent: true,
};
