import { brief } from "../../reach/declared/brief";
import { isDeepStrictEqual } from "node:util";
import type { RegistryMatch } from "../../reach/declared/registry-schema";
import type { Gap } from "./gap";
import { isStricter } from "./json-schema";
import type { About } from "./tool-gaps";

/** Another request counts as the action. Which of the two is more nobody knows, but where only the body is stricter. */
export function matchGaps(was: RegistryMatch, is: RegistryMatch, { name, through, at }: About): readonly Gap[] {
  if (isDeepStrictEqual(was, is) || isStricterRequest(is, was)) return [];
  return [
    {
      kind: "tool",
      what: `${name}${through} is ${requestText(is)}`,
      otherwise: requestText(is) === requestText(was) ? "with another body" : requestText(was),
      witness: `${requestText(is)}, as ${name} accepts it`,
      at: `${at}.match`,
    },
  ];
}

function isStricterRequest(one: RegistryMatch, other: RegistryMatch): boolean {
  if (!("method" in one) || !("method" in other)) return false;
  if (one.method !== other.method || one.path !== other.path) return false;
  return one.body !== undefined && other.body !== undefined && isStricter(one.body, other.body);
}

function requestText(match: RegistryMatch): string {
  if ("tool" in match) return `the tool ${brief(match.tool)}`;
  if ("model" in match) return `the model ${brief(match.model)}`;
  return `${match.method} ${brief(match.path)}${match.body === undefined ? "" : " with a body"}`;
}
