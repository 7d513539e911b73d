import type { Value } from "../../../runtime/json";
import { entryOf } from "./log-of-records";

export const TXN = "5f0c6a52-7d0f-4a55-9a3e-0c1d2e3f4a5b";
export const ROLE = "arn:aws:iam::111122223333:role/prod.support-triage";
export const DIGEST = `sha256:${"7".repeat(64)}`;
/** When it begins, whole seconds since the epoch */
export const BEGAN = 1_796_000_000;

type Facts = Readonly<Record<string, Value>>;
const run = { agent: "support-triage", task: "answer", run: "run-1", txn: TXN, sid: "sid-1", user: "u-5b2c" };
const call = {
  ...run,
  token: "jti-2",
  call: "orders.refund",
  destination: "https://orders.acme.example",
  service: "spiffe://acme/gateway",
};

/** Kind, writer, sequence, seconds after the first, facts: in the order of the log, which two writers make */
const RECORDS: readonly (readonly [string, string, number, number, Facts])[] = [
  ["run.begun", "x", 1, 0, run],
  ["token.issued", "x", 2, 0, { ...run, audience: "aws", token: "jti-1" }],
  ["aws.issued", "x", 3, 1, { ...run, token: "jti-1", role: ROLE, reads: "internal" }],
  ["token.issued", "y", 1, 2, { ...run, audience: "tool:orders", token: "jti-2" }],
  ["approval.requested", "y", 2, 3, { ...call, digest: DIGEST, group: "support-leads", openUntil: BEGAN + 600 }],
  [
    "approval.decided",
    "y",
    3,
    40,
    { digest: DIGEST, agent: "support-triage", group: "support-leads", verdict: "approved", people: 1 },
  ],
  ["call.spent", "y", 4, 42, { ...call, requestDigest: DIGEST }],
  ["call.outcome", "y", 5, 43, { ...call, outcome: "succeeded" }],
  ["companion.refused", "x", 4, 44, { ...run, via: "tools", codes: ["companion.no-handle"] }],
  [
    "revocation.ordered",
    "x",
    5,
    50,
    { target: "agent", id: "support-triage", why: "it sends refunds to strangers", by: "ops" },
  ],
  ["call.refused", "y", 6, 51, { ...call, codes: ["agent.revoked"] }],
];

/** The transaction's records among those of `before` others and some behind them */
export function entriesWithTransaction(before = 0): readonly Buffer[] {
  const others = (writer: string, count: number): Buffer[] =>
    Array.from({ length: count }, (_, at) => entryOf(writer, at + 1, { agent: "press-writer", txn: `other-${at}` }));
  const told = RECORDS.map(([kind, writer, sequence, after, facts]) => {
    const record = JSON.parse(entryOf(writer, sequence, facts, kind).toString()) as { time: number };
    // The time stands by itself, so its digits can be replaced.
    return Buffer.from(JSON.stringify({ ...record, time: BEGAN + after }));
  });
  return [...others("before", before), ...told, ...others("after", 7)];
}

/** CloudTrail's events of the transaction's session, and of another one */
export function trailRecords(): readonly Record<string, unknown>[] {
  const identity = (session: string, sourceIdentity: string) => ({
    type: "AssumedRole",
    arn: `arn:aws:sts::111122223333:assumed-role/prod.support-triage/${session}`,
    sessionContext: { sessionIssuer: { arn: ROLE }, sourceIdentity },
  });
  const at = (after: number): string => new Date((BEGAN + after) * 1_000).toISOString().replace(".000Z", "Z");
  return [
    {
      eventID: "e-1",
      eventTime: at(1),
      eventSource: "sts.amazonaws.com",
      eventName: "AssumeRole",
      awsRegion: "eu-central-1",
      requestParameters: { roleArn: ROLE, roleSessionName: TXN, sourceIdentity: "support-triage", policy: "{}" },
    },
    {
      eventID: "e-2",
      eventTime: at(4),
      eventSource: "s3.amazonaws.com",
      eventName: "GetObject",
      awsRegion: "eu-central-1",
      userIdentity: identity(TXN, "support-triage"),
      requestParameters: { bucketName: "acme-tickets", key: "2026/11/4711.json" },
    },
    {
      eventID: "e-3",
      eventTime: at(5),
      eventSource: "s3.amazonaws.com",
      eventName: "PutObject",
      errorCode: "AccessDenied",
      userIdentity: identity(TXN, "support-triage"),
      requestParameters: { bucketName: "acme-tickets", key: "x" },
    },
    { eventID: "e-4", eventTime: at(4), eventName: "GetObject", userIdentity: identity(`${TXN}0`, "support-triage") },
    { eventID: "e-5", eventTime: at(4), eventName: "ListBuckets", userIdentity: { type: "IAMUser", userName: TXN } },
  ];
}
