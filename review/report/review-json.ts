import { byText } from "../../domain/by-text";
import { jsonText } from "../../domain/printable";
import type { ChangeSource, Unknown } from "../change";
import type {
  AcknowledgedFinding,
  RequiredApproval,
  Combination,
  Horizon,
  PrincipalReview,
  Review,
  Risk,
} from "../review";
import { acknowledgedOf, approvalsOf } from "./approvals";
import type { Finding } from "./finding";
import { findingsOf } from "./findings";
import { groupsOf } from "./groups";

const VERSION = "ambit.review/1";

/**
 * For programs: `{ version, agents, undeclared, ungranted, unknown, requiresApproval, approvals, acknowledged }`.
 *
 * For folders that were read whole also `digests: { base, head }`, and `files`: the SHA-256 of each file of head.
 * Unknowns of one agent are in its `unknown`, with that agent's id. Changes that other reports fold have `follows`;
 * `source.also` names other policies that the change needs.
 */
export function jsonReport(review: Review): string {
  const findings = findingsOf(review);
  const only = (direction: Finding["direction"]) => findings.filter((finding) => finding.direction === direction);
  const groups = groupsOf(review, findings);
  const byPrincipal = new Map(
    groups.map((group) => [group.about === "principal" ? group.principal : undefined, group]),
  );
  return jsonFile({
    version: VERSION,
    agents: [...review.agents]
      .sort((one, other) => byText(one.id, other.id))
      .map((principal) => agentOf(principal, byPrincipal.get(principal)?.findings ?? [])),
    undeclared: only("undeclared").map(changeOf),
    ungranted: only("ungranted").map(changeOf),
    unknown: only("unknown").map(unknownOf),
    requiresApproval: review.requiresApproval,
    approvals: approvalsOf(review, findings).map(approvalOf),
    acknowledged: acknowledgedOf(review).map(knownOf),
    ...digestsOf(review),
  });
}

/** With a line end, as in a file */
export function jsonFile(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
}

function agentOf({ id, risk, horizon, combinations }: PrincipalReview, findings: readonly Finding[]): object {
  const changes = (direction: Finding["direction"]) =>
    findings.filter((finding) => finding.direction === direction && finding.parts === undefined).map(changeOf);
  return {
    id,
    gains: changes("gain"),
    losses: changes("loss"),
    risk: { before: riskOf(risk.before), after: riskOf(risk.after) },
    revocationHorizon: { before: horizonOf(horizon.before), after: horizonOf(horizon.after) },
    combinations: combinations.map(combinationOf).sort(byNovelty),
  };
}

/** New ones first */
function byNovelty(one: Combination, other: Combination): number {
  const [a, b] = [one, other].map(({ isNew, ...rest }) => JSON.stringify([!isNew, rest])) as [string, string];
  return byText(a, b);
}

function digestsOf({ digests }: Review): object {
  if (digests === undefined) return {};
  const { base, head, files } = digests;
  return { digests: { base, head }, files: Object.fromEntries(files) };
}

function changeOf({ kind, what, because, source, showing }: Finding): object {
  const follows = showing?.fold === undefined ? {} : { follows: showing.fold };
  return { kind, what, witness: because, source: sourceOf(source), ...follows };
}

function unknownOf({ principal, what, because, source }: Finding): Unknown & { readonly agent: string | null } {
  return { agent: principal?.id ?? null, what, why: because, source: sourceOf(source) };
}

/** With keys in one order */
function sourceOf({ address, file, line, also }: ChangeSource): ChangeSource {
  return {
    address,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(also === undefined ? {} : { also }),
  };
}

function riskOf(risk: Risk | undefined): Risk | null {
  return risk === undefined ? null : { score: risk.score, tier: risk.tier, reasons: risk.reasons };
}

function horizonOf(horizon: Horizon | undefined): Horizon | null {
  return horizon === undefined ? null : { seconds: horizon.seconds, path: horizon.path, because: horizon.because };
}

function combinationOf({ code, what, isNew, parts }: Combination): Combination {
  return { code, what, isNew, parts: parts.map((part) => ({ what: part.what, source: sourceOf(part.source) })) };
}

function approvalOf({ rule, approvers, count, reasons }: RequiredApproval): RequiredApproval {
  return { rule, approvers, count, reasons };
}

function knownOf({ principal, kind, what, until, because }: AcknowledgedFinding): object {
  return { principal: principal ?? null, kind, what, until, because };
}
