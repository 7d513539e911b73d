import { brief } from "../../reach/declared/brief";
import type { RegistryMatch } from "../../reach/declared/registry";
import { sameJson } from "../../reach/declared/same-json";
import type { About } from "./about";
import type { Gap } from "./gap";
import { isStricter } from "./json-schema";

/** Another request counts as the action. Which of the two is more nobody knows, but where only the body is stricter. */
export function matchGaps(was: RegistryMatch, is: RegistryMatch, { name, through, at }: About): readonly Gap[] {
  if (sameJson(was, is) || isStricterRequest(is, was)) return [];
  const [one, other] = [requestText(was), requestText(is)];
  const gap = { kind: "tool", witness: witnessOf(is), at: `${at}.match` } as const;
  return [
    one === other
      ? { ...gap, what: `${name}${through} takes another body` }
      : { ...gap, what: `${name}${through} is ${other}`, otherwise: one },
  ];
}

function isStricterRequest(one: RegistryMatch, other: RegistryMatch): boolean {
  if (!("method" in one) || !("method" in other)) return false;
  if (one.method !== other.method || one.path !== other.path) return false;
  return one.body !== undefined && other.body !== undefined && isStricter(one.body, other.body);
}

function witnessOf(match: RegistryMatch): string {
  if (!("method" in match) || match.body === undefined) return requestText(match);
  return `${match.method} ${brief(match.path)} with a body that satisfies ${brief(JSON.stringify(match.body))}`;
}

function requestText(match: RegistryMatch): string {
  if ("tool" in match) return `the tool ${brief(match.tool)}`;
  if ("model" in match) return `the model ${brief(match.model)}`;
  return `${match.method} ${brief(match.path)}${match.body === undefined ? "" : " with a body"}`;
}
