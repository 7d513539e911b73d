import type { Review } from "../review";
import { approvalsOf, fromWhom } from "./approvals";
import { type Finding, sentence, sentenceBegun } from "./finding";
import { inGroup } from "./importance";
import { countText, listText, type Quote } from "./text-parts";

/** One sentence with the decision: the approvals, the most important gain, and the number of other findings */
export function verdict(review: Review, findings: readonly Finding[], quoted: Quote): string {
  const [worst] = findings;
  const [first] = inGroup(findings.filter(({ principal }) => principal === worst?.principal));
  const need = review.requiresApproval
    ? `Approval needed${fromWhom(approvalsOf(review, findings), quoted)}`
    : undefined;
  if (first === undefined) return need === undefined ? "No access changes." : `${need}, though no change is listed.`;
  return `${opening(first, findings, { review, need, quoted })}; in all ${tally(findings)}${among(findings)}${netRisk(review)}.`;
}

function opening(
  first: Finding,
  findings: readonly Finding[],
  { review, need, quoted }: { readonly review: Review; readonly need: string | undefined; readonly quoted: Quote },
): string {
  const isNew = isNews(first, review);
  const known = headline(first, findings, quoted);
  if (need === undefined) {
    if (isNew) return known ?? sentenceBegun(first, quoted);
    return known === undefined ? "No principal gains access" : `No principal gains access, ${known}`;
  }
  return `${need}: ${isNew ? (known ?? sentence(first, quoted)) : "no principal gains access"}`;
}

/** A headline about the principal says more than its first consequence. */
function headline(first: Finding, findings: readonly Finding[], quoted: Quote): string | undefined {
  const { principal, direction, showing, kind } = first;
  if (principal === undefined || kind === "combination" || (direction !== "gain" && direction !== "loss"))
    return undefined;
  const who = quoted(principal.id);
  if (showing?.headline !== undefined) return `${who} ${showing.headline}`;
  const said = findings
    .filter((one) => one.principal === principal && one.direction === direction)
    .flatMap((one) => (one.showing?.headline === undefined ? [] : [one.showing]));
  if (direction === "loss") return said[0] === undefined ? undefined : `${who} ${said[0].headline}`;
  const news = said.find(({ isNew }) => isNew === true);
  return news === undefined ? undefined : `${who} ${news.headline}: ${quoted(first.what)}`;
}

/** `2 gains, 1 unknown and 3 losses` */
export function tally(findings: readonly Finding[]): string {
  const count = (wanted: (finding: Finding) => boolean) => findings.filter(wanted).length;
  const of = (direction: Finding["direction"]) =>
    count((finding) => finding.direction === direction && finding.kind !== "combination");
  const parts = [
    [count(isNewCombination), "new combination", "new combinations"],
    [of("gain"), "gain", "gains"],
    [of("undeclared"), "undeclared", "undeclared"],
    [of("unknown"), "unknown", "unknown"],
    [count(({ direction }) => direction === "standing"), "combination as before", "combinations as before"],
    [of("ungranted"), "not granted", "not granted"],
    [of("loss"), "loss", "losses"],
  ] as const;
  return listText(parts.filter(([many]) => many > 0).map(([many, one, several]) => countText(many, one, several)));
}

export function isNewCombination({ direction, kind }: Finding): boolean {
  return direction === "gain" && kind === "combination";
}

/** A standing finding is news only if it needs approval. */
function isNews({ direction }: Finding, { requiresApproval }: Review): boolean {
  if (direction === "loss") return false;
  return requiresApproval || (direction !== "standing" && direction !== "ungranted");
}

function among(findings: readonly Finding[]): string {
  const principals = new Set(findings.flatMap(({ principal }) => (principal === undefined ? [] : [principal])));
  return principals.size === 0 ? "" : ` of ${countText(principals.size, "principal", "principals")}`;
}

function netRisk({ agents }: Review): string {
  const net = agents.reduce((sum, { risk }) => sum + (risk.after?.score ?? 0) - (risk.before?.score ?? 0), 0);
  if (net === 0 || !Number.isFinite(net)) return "";
  return `, risk ${net > 0 ? "+" : "−"}${Math.abs(net)}`;
}
