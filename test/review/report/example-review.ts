import type { PrincipalReview, Review } from "../../../review/review";

/** A pull request that does a bit of everything */
export const EXAMPLE: Review = {
  agents: [
    {
      id: "support-triage",
      isAgent: true,
      gains: [
        {
          kind: "action",
          what: "s3:GetObject on arn:aws:s3:::acme-tickets/* (role)",
          witness: "s3:GetObject on arn:aws:s3:::acme-tickets/a",
          source: {
            address: "agents/aws_iam_role_policy.support-triage.policy",
            file: "fleet/agents/support-triage.ts",
            line: 9,
          },
        },
        {
          kind: "trust",
          what: "agents/aws_iam_role.support-triage may be assumed by AWS:arn:aws:iam::111122223333:root (sts:AssumeRole)",
          witness:
            "AWS:arn:aws:iam::111122223333:root: sts:AssumeRole on arn:aws:iam::444455556666:role/support-triage",
          source: { address: "agents/aws_iam_role.support-triage.assume_role_policy" },
        },
        {
          kind: "ttl",
          what: "sessions of agents/aws_iam_role.support-triage may last 7200 s, before 3600 s",
          witness: "credentials 3601 s after they were issued",
          source: { address: "agents/aws_iam_role.support-triage" },
        },
      ],
      losses: [
        {
          kind: "tool",
          what: "close of tickets",
          witness: "tickets close",
          source: {
            address: "registry/agents.support-triage.tasks.triage",
            file: "fleet/agents/support-triage.ts",
            line: 9,
          },
        },
      ],
      unknown: [
        {
          what: "kms:Decrypt on ${var.key}",
          why: "it depends on ${var.key}, which has no default",
          source: { address: "agents/aws_iam_role_policy.support-triage.policy" },
        },
      ],
      risk: { before: { score: 22, tier: "low", reasons: [] }, after: { score: 61, tier: "high", reasons: [] } },
      horizon: {},
      combinations: [],
    },
    {
      id: "researcher",
      isAgent: true,
      gains: [],
      losses: [
        {
          kind: "action",
          what: "s3:PutObject on arn:aws:s3:::acme-notes/* (role)",
          witness: "s3:PutObject on arn:aws:s3:::acme-notes/a",
          source: { address: "agents/aws_iam_role_policy.researcher.policy" },
        },
      ],
      unknown: [],
      risk: { before: { score: 12, tier: "low", reasons: [] }, after: { score: 10, tier: "low", reasons: [] } },
      horizon: {},
      combinations: [],
    },
    {
      id: "legacy/aws_iam_role.batch",
      isAgent: false,
      gains: [
        {
          kind: "boundary",
          what: "legacy/aws_iam_role.batch has no permissions boundary any more",
          witness: "whatever is attached to the role later holds at once",
          source: { address: "legacy/aws_iam_role.batch" },
        },
      ],
      losses: [],
      unknown: [],
      risk: {},
      horizon: {},
      combinations: [],
    },
  ],
  undeclared: [
    {
      kind: "network",
      what: "egress from agents to 0.0.0.0/0",
      witness: "a connection to 192.0.2.1:443",
      source: { address: "agents/kubernetes_network_policy.open" },
    },
  ],
  unknown: [
    {
      what: "agents/aws_iam_policy.shared.policy",
      why: "file(…) is read when it is applied",
      source: { address: "agents/aws_iam_policy.shared", file: "stacks/agents/cdk.tf.json" },
    },
  ],
  requiresApproval: true,
  ungranted: [],
  approvals: [],
  acknowledged: [],
};

export const NOTHING: Review = {
  agents: [],
  undeclared: [],
  ungranted: [],
  unknown: [],
  requiresApproval: false,
  approvals: [],
  acknowledged: [],
};

/** An agent, and nothing of it */
export const AGENT: PrincipalReview = {
  id: "agent",
  isAgent: true,
  gains: [],
  losses: [],
  unknown: [],
  risk: {},
  horizon: {},
  combinations: [],
};
