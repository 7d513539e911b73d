import { printable } from "../../domain/printable";
import type { PrincipalReview, Review } from "../review";
import { type FleetGraph, fleetGraph } from "./fleet-graph";
import { byPrincipal, type Finding, findingsOf } from "./importance";
import { pageOf, pagePart } from "./page-of";
import { placeOf } from "./shown";
import { riskText, tally, verdict } from "./verdict";

/** Registries of both states, as read: the fleet is drawn from them. */
export interface FleetStates {
  readonly base?: unknown;
  readonly head?: unknown;
}

/** The fleet as a graph, and what everybody gains, may gain and loses */
export function htmlReport(review: Review, fleet: FleetStates = {}): string {
  return pageOf({ skeleton: pagePart("page.html"), script: pagePart("page.js"), data: pageData(review, fleet) });
}

function pageData(review: Review, { base, head }: FleetStates): object {
  const findings = findingsOf(review);
  return {
    verdict: verdict(review, findings, printable),
    principals: [...byPrincipal(findings)].map(([principal, some]) => principalData(principal, some)),
    ...graphData(fleetGraph(base, head)),
  };
}

function principalData(principal: PrincipalReview | undefined, findings: readonly Finding[]): object {
  return {
    id: principal === undefined ? null : named(principal.id),
    isAgent: principal?.isAgent ?? false,
    tally: `${tally(findings)}${principal === undefined ? "" : riskText(principal, printable)}`,
    findings: findings.map(({ direction, kind, what, because, source }) => ({
      direction,
      kind,
      what: printable(what),
      because: printable(because),
      where: printable(placeOf(source)),
    })),
  };
}

/** Nodes by their place in the list: names are shown, and never looked up. */
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

/** A link needs something to be seen. */
function named(name: string): string {
  return name.trim() === "" ? "(blank)" : printable(name);
}
