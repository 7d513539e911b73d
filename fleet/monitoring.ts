import type { AgentMonitoringProps } from "../constructs/oversight";

/** What the example organisation has watched: the two agents that pay money out. CloudWatch bills each alarm and dashboard. */
export const monitoring: Omit<AgentMonitoringProps, "after" | "fleet" | "killSwitch"> = {
  agents: ["refund-clerk", "support-triage"],
  // A topic of its own, to which those on call subscribe
  alarmTopic: "arn:aws:sns:eu-central-1:111122223333:on-call",
  // Tickets come every day.
  expected: { "support-triage": 24 },
  usualHours: { "refund-clerk.payout": { from: 6, to: 19, days: ["Mon", "Tue", "Wed", "Thu", "Fri"] } },
};
