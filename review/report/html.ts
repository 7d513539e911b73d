import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../domain/printable";
import type { PrincipalReview, Review } from "../review";
import { type FleetGraph, fleetGraph } from "./fleet-graph";
import { byPrincipal, type Finding, findingsOf } from "./importance";
import { jsonFile } from "./json";
import { placeOf } from "./shown";
import { riskText, tally, verdict } from "./verdict";

/** Registries of both states, as read: the fleet is drawn from them. */
export interface FleetStates {
  readonly base?: unknown;
  readonly head?: unknown;
}

const part = (name: string): string => readFileSync(join(__dirname, "page", name), "utf8");

/**
 * One page that needs nothing else: the fleet as a graph, and what everybody gains, may gain and loses.
 *
 * Nothing from outside is loaded, no script but its own runs, and all text of strangers is data to that script.
 */
export function htmlReport(review: Review, fleet: FleetStates = {}): string {
  const [style, script, skeleton] = [part("page.css"), part("page.js"), part("page.html")];
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts: Readonly<Record<string, string>> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    style: `<style>${style}</style>`,
    data: `<script type="application/json" id="review">${harmless(jsonFile(pageData(review, fleet)))}</script>`,
    script: `<script>${script}</script>`,
  };
  return skeleton.replace(/<!-- (policy|style|data|script) -->/g, (_, name: string) => parts[name] as string);
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that ends no script element and begins no comment in it */
function harmless(json: string): string {
  return json.replaceAll("<", "\\u003c");
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
