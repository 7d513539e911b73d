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
      risk: {
        before: { score: 22, tier: "low", reasons: ["uses confidential data", "is started by event"] },
        after: {
          score: 61,
          tier: "high",
          reasons: ["reads untrusted output and confidential data, and is seen outside", "uses confidential data"],
        },
      },
      horizon: {
        before: { seconds: 300, path: "tools", because: "a call that was open at the kill, until it is cut" },
        after: { seconds: 4_500, path: "aws", because: "an SVID issued before it, then an AWS session" },
      },
      combinations: [
        {
          code: "exfiltration",
          what: "reads untrusted output and confidential data, and is seen outside",
          parts: [
            {
              what: "zendesk.read gives untrusted output",
              source: { address: "registry/tools.zendesk", file: "fleet/tools.ts", line: 12 },
            },
            {
              what: "s3:GetObject on arn:aws:s3:::acme-tickets/* (role)",
              source: { address: "agents/aws_iam_role_policy.support-triage.policy" },
            },
            {
              what: "zendesk.close is seen outside",
              source: { address: "registry/tools.zendesk", file: "fleet/tools.ts", line: 12 },
            },
          ],
          isNew: true,
        },
      ],
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
      risk: {
        before: { score: 12, tier: "low", reasons: ["uses internal data", "changes data"] },
        after: { score: 10, tier: "low", reasons: ["uses internal data"] },
      },
      horizon: {
        before: { seconds: 900, path: "aws", because: "an AWS session issued before it" },
        after: { seconds: 900, path: "aws", because: "an AWS session issued before it" },
      },
      combinations: [
        {
          code: "untrusted-memory",
          what: "keeps what untrusted output says for later runs",
          parts: [
            { what: "search.query gives untrusted output", source: { address: "registry/tools.search" } },
            { what: "writes notes", source: { address: "registry/datasets.notes" } },
          ],
          isNew: false,
        },
      ],
    },
    {
      id: "legacy/aws_iam_role.batch",
      isAgent: false,
      gains: [
        {
          kind: "boundary",
          what: "legacy/aws_iam_role.batch has no permissions boundary any more",
          witness: "each policy attached to the role later takes effect at once",
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
  ungranted: [
    {
      kind: "action",
      what: "s3:GetObject on arn:aws:s3:::acme-manuals/*",
      witness: "s3:GetObject on arn:aws:s3:::acme-manuals/a",
      source: { address: "registry/agents.researcher.tasks.lookup", file: "fleet/agents/researcher.ts", line: 7 },
    },
  ],
  approvals: [
    {
      rule: "default",
      approvers: ["@acme/platform", "@acme/support"],
      count: 1,
      reasons: [
        "support-triage gains action: s3:GetObject on arn:aws:s3:::acme-tickets/* (role)",
        "support-triage gains ttl: sessions of agents/aws_iam_role.support-triage may last 7200 s, before 3600 s",
      ],
    },
    {
      rule: "exfiltration",
      approvers: ["@acme/security"],
      count: 2,
      reasons: [
        "support-triage gains a combination, exfiltration: reads untrusted output and confidential data, and is seen outside",
      ],
    },
  ],
  acknowledged: [
    {
      principal: "legacy/aws_iam_role.batch",
      kind: "exfiltration",
      what: "reads everything; sends to anywhere",
      until: "2027-01-31",
      because: "the batch job is replaced in January",
    },
  ],
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
