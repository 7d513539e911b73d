import type { AuditRecord } from "../../../runtime/audit/audit";

/** Who does something, from the agent outwards */
export const LANES = ["companion", "exchange", "gateway", "people", "AWS"] as const;
export type Lane = (typeof LANES)[number];

/** `refused` is for every step that did not succeed. */
export type StepState = "done" | "refused" | "stopped" | "waiting";

type Facts = AuditRecord["facts"];
type Words = (facts: Facts) => string;

const of = (facts: Facts, name: string): string => {
  const value = facts[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
};
const codes = ({ codes: list }: Facts): string =>
  Array.isArray(list) && list.length > 0 ? `: ${list.join(", ")}` : "";

/** Text of each kind of record, and its actor; other kinds appear by their name */
const KINDS: Readonly<Record<string, readonly [Lane, Words]>> = {
  "run.begun": ["exchange", (f) => `a run of ${of(f, "agent")} begins task ${of(f, "task")}`],
  "run.joined": ["exchange", () => "a further request joins the run"],
  "run.refused": ["exchange", (f) => `no run begins${codes(f)}`],
  "token.issued": ["exchange", (f) => `a token is issued for ${of(f, "audience")}`],
  "token.refused": ["exchange", (f) => `no token is issued${codes(f)}`],
  "token.revoked": ["exchange", () => "a token is given back"],
  "txn.issued": ["exchange", (f) => `a transaction token is issued for ${of(f, "tool")}`],
  "txn.refused": ["exchange", (f) => `no transaction token is issued${codes(f)}`],
  "aws.issued": ["exchange", (f) => `AWS credentials are asked for, of ${of(f, "role").split("/").at(-1)}`],
  "aws.failed": ["exchange", (f) => `AWS gives no credentials${codes(f)}`],
  "aws.refused": ["exchange", (f) => `AWS is not asked${codes(f)}`],
  "mark.reserved": ["exchange", () => "the session's mark is raised for what will be read"],
  "outbound.given": ["exchange", (f) => `the gateway gets a tool's credential for ${of(f, "audience")}`],
  "outbound.refused": ["exchange", (f) => `the gateway gets no credential${codes(f)}`],
  "answer.refused": ["exchange", (f) => `the answer may not go out${codes(f)}`],
  "part.refused": ["exchange", (f) => `a part of the answer may not go out${codes(f)}`],
  "call.spent": ["gateway", (f) => `${of(f, "call")} is allowed`],
  "call.outcome": [
    "gateway",
    (f) => `${of(f, "call")} ended: ${of(f, "outcome")}${f["agrees"] === false ? ", other than decided" : ""}`,
  ],
  "call.refused": ["gateway", (f) => `${of(f, "call")} is refused${codes(f)}`],
  "answer.withheld": ["gateway", (f) => `an answer is withheld${codes(f)}`],
  "way.refused": ["gateway", (f) => `a request is not let in${codes(f)}`],
  "approval.requested": ["gateway", (f) => `${of(f, "call")} waits for ${of(f, "group")}`],
  "approval.seconded": ["people", (f) => `one of ${of(f, "people")} people has approved`],
  "approval.decided": ["people", (f) => `${of(f, "group")} has ${of(f, "verdict")} it`],
  "approval.cancelled": ["people", () => "the request for approval was taken back"],
  "approval.decision-refused": ["people", (f) => `a person may not decide${codes(f)}`],
  "revocation.ordered": ["people", (f) => `${of(f, "target")} is stopped: ${of(f, "why")}`],
  "revocation.restored": ["people", (f) => `${of(f, "target")} may act again: ${of(f, "why")}`],
  "companion.refused": ["companion", (f) => `the companion refuses${codes(f)}`],
};

export function laneOf(kind: string): Lane {
  return known(kind)?.[0] ?? "exchange";
}

export function titleOf({ kind, facts }: AuditRecord): string {
  return known(kind)?.[1](facts) ?? kind;
}

export function stateOf({ kind, facts }: AuditRecord): StepState {
  if (kind === "revocation.ordered") return "stopped";
  if (kind === "approval.requested" || kind === "approval.seconded") return "waiting";
  if (/[.-](refused|failed|withheld)$/.test(kind) || facts["verdict"] === "refused") return "refused";
  if (kind === "call.outcome" && (facts["outcome"] !== "succeeded" || facts["agrees"] === false)) return "refused";
  return "done";
}

function known(kind: string): readonly [Lane, Words] | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}
