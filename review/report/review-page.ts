import { printable } from "../../domain/printable";
import type { AcknowledgedFinding, RequiredApproval, Review } from "../review";
import { acknowledgedOf, approvalsOf, areRuled, whoText } from "./approvals";
import { factsOf, riskText } from "./principal-facts";
import type { Finding } from "./finding";
import { findingsOf } from "./findings";
import { type FleetGraph, fleetGraph } from "./fleet-graph";
import { WHY_FOLDED } from "./folds";
import { type Group, groupsOf, titleOf } from "./groups";
import { pageOf, pagePart } from "./page-of";
import { capital, placeOf } from "./text-parts";
import { tally, verdict } from "./verdict";

/** Registries of both states, as read: the picture of the fleet is drawn from them. */
export interface FleetStates {
  readonly base?: unknown;
  readonly head?: unknown;
}

/** Approvals, the fleet as a graph, gains, possible gains and losses of every principal, and unexplained access */
export function htmlReport(review: Review, fleet: FleetStates = {}): string {
  return pageOf({ skeleton: pagePart("page.html"), script: pagePart("page.js"), data: pageData(review, fleet) });
}

function pageData(review: Review, { base, head }: FleetStates): object {
  const findings = findingsOf(review);
  const approvals = approvalsOf(review, findings);
  return {
    verdict: verdict(review, findings, printable),
    approvals: areRuled(approvals) ? approvals.map(approvalData) : [],
    groups: groupsOf(review, findings).map(groupData),
    acknowledged: acknowledgedOf(review).map(acknowledgedData),
    ...graphData(fleetGraph(base, head)),
  };
}

function approvalData(approval: RequiredApproval): object {
  return {
    rule: printable(approval.rule),
    who: whoText(approval, printable),
    approvers: approval.approvers.map(printable),
    reasons: approval.reasons.map(printable),
  };
}

function groupData(group: Group): object {
  const { about, findings } = group;
  const principal = group.about === "principal" ? group.principal : undefined;
  return {
    about,
    id: principal === undefined ? null : named(principal.id),
    title: group.about === "principal" ? named(group.principal.id) : capital(titleOf(group.about)),
    isAgent: principal?.isAgent ?? false,
    tally: `${tally(findings)}${principal === undefined ? "" : riskText(principal, printable)}`,
    facts: principal === undefined ? [] : factsOf(principal, printable),
    findings: findings.map(findingData),
  };
}

function findingData({ direction, kind, what, because, source, parts, showing }: Finding): object {
  return {
    direction,
    kind,
    what: printable(what),
    because: printable(because),
    where: printable(placeOf(source)),
    ...(showing?.fold !== undefined && { fold: WHY_FOLDED[showing.fold] }),
    ...(parts !== undefined && {
      parts: parts.map((part) => ({ what: printable(part.what), where: printable(placeOf(part.source)) })),
    }),
  };
}

function acknowledgedData({ principal, kind, what, until, because }: AcknowledgedFinding): object {
  const texts = { kind, what, until, because, principal: principal ?? "" };
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, printable(text)]));
}

/** Nodes by index: names are shown, and never looked up. */
function graphData({ nodes, edges }: FleetGraph): object {
  const places = new Map(nodes.map((node, index) => [JSON.stringify(node), index]));
  const place = (node: FleetGraph["nodes"][number]) => places.get(JSON.stringify(node));
  return {
    nodes: nodes.map(({ kind, name }) => ({ kind, name: named(name) })),
    edges: edges.map(({ from, to, through, gained }) => ({
      from: place(from),
      to: place(to),
      through: through.map(printable),
      gained: gained.map(printable),
    })),
  };
}

/** An empty name would give an invisible link. */
function named(name: string): string {
  return name.trim() === "" ? "(blank)" : printable(name);
}
