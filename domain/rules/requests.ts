import { isDeepStrictEqual } from "node:util";
import { refuse, shown } from "../errors";
import type { ActionMatch, ToolAction } from "../tool";

/**
 * A request must be one action: of two, the one with the higher impact could pass as the other. Of two path templates that fit
 * one path, the one counts that has a text wherever the other has one, and one more: where neither does, they are refused.
 */
export function requestsAreDistinct(actions: readonly ToolAction[], where: string): void {
  for (const [index, { name, match }] of actions.entries()) {
    const crossing = actions.slice(0, index).find((earlier) => overlapWithoutPrecedence(match, earlier.match));
    if (crossing !== undefined) {
      const sentence = `${requestOf(match)} and ${requestOf(crossing.match)} of ${shown(crossing.name)} fit the same paths, and neither is the more exact one`;
      refuse(
        "action.duplicate",
        `${where} action ${shown(name)}`,
        `${sentence}: rename a segment, or remove one of them`,
      );
    }
    const other = actions.slice(0, index).find((earlier) => isSameRequest(match, earlier.match));
    if (other !== undefined) {
      const body = "method" in match ? "tell them apart by a body schema in each, or " : "";
      const sentence = `it is recognised by ${requestOf(match)}, as ${shown(other.name)} is by ${requestOf(other.match)}`;
      refuse("action.duplicate", `${where} action ${shown(name)}`, `${sentence}: ${body}remove one of them`);
    }
  }
}

function isSameRequest(match: ActionMatch, other: ActionMatch): boolean {
  if (shapeOf(match) !== shapeOf(other)) return false;
  const [body, otherBody] = [match, other].map((request) => ("method" in request ? request.body : undefined));
  // By their queries they are not told apart.
  return body === undefined || otherBody === undefined || isDeepStrictEqual(body, otherBody);
}

function overlapWithoutPrecedence(match: ActionMatch, other: ActionMatch): boolean {
  if (!("method" in match) || !("method" in other) || match.method !== other.method) return false;
  const [segments, others] = [match.path.split("/"), other.path.split("/")];
  if (segments.length !== others.length) return false;
  const pairs = segments.map((segment, index) => [segment, others[index] as string] as const);
  const isParameter = (segment: string): boolean => segment.startsWith("{");
  const overlap = pairs.every(([one, two]) => one === two || isParameter(one) || isParameter(two));
  const firstIsMoreExact = pairs.some(([one, two]) => !isParameter(one) && isParameter(two));
  const secondIsMoreExact = pairs.some(([one, two]) => isParameter(one) && !isParameter(two));
  return overlap && firstIsMoreExact && secondIsMoreExact;
}

/** The request without its body; a parameter's name does not restrict its value */
function shapeOf(match: ActionMatch): string {
  return "method" in match ? `${match.method} ${match.path.replace(/\{[^}]*\}/g, "{}")}` : requestOf(match);
}

/** A request in words, without its body */
function requestOf(match: ActionMatch): string {
  if ("method" in match) return `${match.method} ${match.path}`;
  return "tool" in match ? `tool ${shown(match.tool)}` : `model ${shown(match.model)}`;
}
