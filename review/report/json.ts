import { jsonText } from "../../domain/printable";
import type { ChangeSource, Unknown } from "../change";
import type { Review, Risk } from "../review";
import { byPrincipal, type Finding, findingsOf } from "./importance";

const VERSION = "ambit.review/1";

/**
 * For programs: `{ version, agents, undeclared, unknown, requiresApproval }`.
 *
 * Of folders that were read whole also `digests: { base, head }`, and `files`: the SHA-256 of each file of head.
 * What is unknown of one agent stands under `unknown` with that agent's id.
 */
export function jsonReport(review: Review): string {
  const findings = findingsOf(review);
  const groups = byPrincipal(findings);
  const only = (direction: Finding["direction"], some = findings) =>
    some.filter((finding) => finding.direction === direction);
  return jsonFile({
    version: VERSION,
    agents: [...review.agents]
      .sort((one, other) => (one.id < other.id ? -1 : Number(one.id > other.id)))
      .map((principal) => ({
        id: principal.id,
        gains: only("gain", groups.get(principal) ?? []).map(changeOf),
        losses: only("loss", groups.get(principal) ?? []).map(changeOf),
        risk: { before: riskOf(principal.risk.before), after: riskOf(principal.risk.after) },
      })),
    undeclared: only("undeclared").map(changeOf),
    unknown: only("unknown").map(unknownOf),
    requiresApproval: review.requiresApproval,
    ...digestsOf(review),
  });
}

/** As a file holds it */
export function jsonFile(value: unknown): string {
  return `${jsonText(value, 2)}\n`;
}

function digestsOf({ digests }: Review): object {
  if (digests === undefined) return {};
  const { base, head, files } = digests;
  return { digests: { base, head }, files: Object.fromEntries(files) };
}

function changeOf({ kind, what, because, source }: Finding): object {
  return { kind, what, witness: because, source: sourceOf(source) };
}

function unknownOf({ principal, what, because, source }: Finding): Unknown & { readonly agent: string | null } {
  return { agent: principal?.id ?? null, what, why: because, source: sourceOf(source) };
}

/** Keys in one order, whatever their order in the review */
function sourceOf({ address, file, line }: ChangeSource): ChangeSource {
  return { address, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

function riskOf(risk: Risk | undefined): Risk | null {
  return risk === undefined ? null : { score: risk.score, tier: risk.tier, reasons: risk.reasons };
}
