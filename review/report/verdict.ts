import type { PrincipalReview, Review, Risk } from "../review";
import type { Finding } from "./importance";
import { counted, listed } from "./shown";

/** How a report writes the text of a stranger */
export type Quoted = (text: string) => string;

/** One sentence to act on: whether approval is needed, who gains what most important, and how much there is besides */
export function verdict(review: Review, findings: readonly Finding[], quoted: Quoted): string {
  const [first] = findings;
  if (first === undefined) {
    return review.requiresApproval ? "Approval needed, though no change is listed." : "No access changes.";
  }
  const need = review.requiresApproval ? "Approval needed: " : "";
  const most = first.direction === "loss" ? "nobody gains access" : headline(first, quoted);
  return `${capital(need + most)}; in all ${tally(findings)}${among(findings)}${netRisk(review)}.`;
}

/** `2 gains, 1 unknown and 3 losses` */
export function tally(findings: readonly Finding[]): string {
  const count = (direction: Finding["direction"]) =>
    findings.filter((finding) => finding.direction === direction).length;
  const parts = [
    [count("gain"), "gain", "gains"],
    [count("undeclared"), "undeclared", "undeclared"],
    [count("unknown"), "unknown", "unknown"],
    [count("loss"), "loss", "losses"],
  ] as const;
  return listed(parts.filter(([many]) => many > 0).map(([many, one, several]) => counted(many, one, several)));
}

/** ` · risk 10 (low) → 60 (high)`, or nothing where neither state has one */
export function riskText({ risk }: PrincipalReview, quoted: Quoted): string {
  const { before, after } = risk;
  if (before === undefined && after === undefined) return "";
  const one = (state: Risk | undefined) => (state === undefined ? "none" : `${state.score} (${quoted(state.tier)})`);
  return ` · risk ${one(before)} → ${one(after)}`;
}

function headline({ direction, principal, kind, what, because }: Finding, quoted: Quoted): string {
  const who = principal === undefined ? "somebody" : quoted(principal.id);
  if (direction === "unknown")
    return `what ${who} gains cannot be decided: ${quoted(what)}, because ${quoted(because)}`;
  if (direction === "undeclared") return `no declaration explains ${kind}: ${quoted(what)}`;
  return `${who} gains ${kind}: ${quoted(what)}`;
}

function among(findings: readonly Finding[]): string {
  const principals = new Set(findings.flatMap(({ principal }) => (principal === undefined ? [] : [principal])));
  return principals.size === 0 ? "" : ` of ${counted(principals.size, "principal", "principals")}`;
}

function netRisk({ agents }: Review): string {
  const net = agents.reduce((sum, { risk }) => sum + (risk.after?.score ?? 0) - (risk.before?.score ?? 0), 0);
  if (net === 0 || !Number.isFinite(net)) return "";
  return `, risk ${net > 0 ? "+" : "−"}${Math.abs(net)}`;
}

function capital(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
