import { byText } from "../../domain/by-text";
import type { AcknowledgedFinding, RequiredApproval, Review } from "../review";
import { type Finding, sentence } from "./finding";
import { type Quote, cutTo, listText } from "./text-parts";

/** Most names in one sentence: the report lists all. */
const MOST_NAMES = 4;

/** In the order of every report: by rule, the default last; the reasons of each, the most important first */
export function approvalsOf({ approvals }: Review, findings: readonly Finding[]): readonly RequiredApproval[] {
  const places = new Map(findings.map((finding, index) => [sentence(finding, String), index]));
  // A reason without a principal is a guarded file, or a standing finding that a rule covers: it comes first.
  const place = (reason: string) => places.get(reason) ?? -1;
  return approvals
    .map((one) => ({
      ...one,
      reasons: [...one.reasons].sort((a, b) => place(a) - place(b) || byText(a, b)),
    }))
    .sort((one, other) => Number(isDefault(one)) - Number(isDefault(other)) || byText(textOf(one), textOf(other)));
}

/** Without rules nothing is listed: any reviewer may approve everything. */
export function areRuled(approvals: readonly RequiredApproval[]): boolean {
  return approvals.some(({ approvers, count }) => approvers.length > 0 || count > 1);
}

/** ` from @acme/security and from 2 of @acme/platform`, or empty if no rule names approvers */
export function fromWhom(approvals: readonly RequiredApproval[], quoted: Quote): string {
  if (!areRuled(approvals)) return "";
  const said: string[] = [];
  let names = 0;
  for (const who of new Set(approvals.map((approval) => whoText(approval, quoted)))) {
    const more = approvals.find((approval) => whoText(approval, quoted) === who)?.approvers.length ?? 0;
    if (said.length > 0 && names + more > MOST_NAMES) return ` ${listText([...said, "others, as listed"])}`;
    said.push(`from ${who}`);
    names += more;
  }
  return ` ${listText(said)}`;
}

/** `@acme/security`, `one or other`, `2 of one, other and third` */
export function whoText({ approvers, count }: RequiredApproval, quoted: Quote): string {
  if (approvers.length === 0) return count > 1 ? `${count} reviewers` : "any reviewer";
  const names = cutTo(MOST_NAMES, approvers.map(quoted));
  return count === 1 ? listText(names, "or") : `${count} of ${listText(names)}`;
}

/** In the order of every report */
export function acknowledgedOf({ acknowledged }: Review): readonly AcknowledgedFinding[] {
  return [...acknowledged].sort((one, other) => byText(textOf(one), textOf(other)));
}

function isDefault({ rule }: RequiredApproval): boolean {
  return rule === "default";
}

function textOf(one: RequiredApproval | AcknowledgedFinding): string {
  return "rule" in one
    ? JSON.stringify([one.rule, one.approvers, one.count, one.reasons])
    : JSON.stringify([one.principal ?? null, one.kind, one.what, one.until, one.because]);
}
