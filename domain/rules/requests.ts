import { isDeepStrictEqual } from "node:util";
import { refuse, shown } from "../errors";
import type { ActionMatch, ToolAction } from "../tool";

/** A request must be one action: of two, the one with the higher impact could pass as the other. */
export function requestsAreDistinct(actions: readonly ToolAction[], where: string): void {
  for (const [index, { name, match }] of actions.entries()) {
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
  return body === undefined || otherBody === undefined || isDeepStrictEqual(body, otherBody);
}

/** The request without its body; a parameter's name says nothing of what stands in its place */
function shapeOf(match: ActionMatch): string {
  return "method" in match ? `${match.method} ${match.path.replace(/\{[^}]*\}/g, "{}")}` : requestOf(match);
}

/** A request in words, without its body */
function requestOf(match: ActionMatch): string {
  if ("method" in match) return `${match.method} ${match.path}`;
  return "tool" in match ? `tool ${shown(match.tool)}` : `model ${shown(match.model)}`;
}
