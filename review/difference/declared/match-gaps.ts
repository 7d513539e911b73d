import type { JsonSchema } from "../../../domain";
import { brief } from "../../reach/declared/brief";
import type { RegistryMatch } from "../../reach/declared/registry";
import { sameJson } from "../../reach/declared/same-json";
import type { About } from "./about";
import type { Gap } from "./gap";
import { isStricter } from "./json-schema";

/**
 * Another request counts as the action. Which of the two is more is not known, but where only query and body are stricter, or the same
 * model is asked for less.
 */
export function matchGaps(was: RegistryMatch, is: RegistryMatch, { name, through, at }: About): readonly Gap[] {
  if (sameJson(was, is) || isStricterRequest(is, was)) return [];
  const [one, other] = [requestText(was), requestText(is)];
  const gap = { kind: "tool", witness: witnessOf(is), at: `${at}.match` } as const;
  return [
    one === other
      ? { ...gap, what: `${name}${through} takes another ${partsThatDiffer(was, is)}` }
      : { ...gap, what: `${name}${through} is ${other}`, otherwise: one },
  ];
}

function isStricterRequest(one: RegistryMatch, other: RegistryMatch): boolean {
  if ("model" in one && "model" in other) return isLessOfModel(one, other);
  if (!("method" in one) || !("method" in other)) return false;
  if (one.method !== other.method || one.path !== other.path) return false;
  return (["query", "body"] as const).every((part) => {
    const [stricter, wider] = [one[part], other[part]];
    if (stricter === undefined || wider === undefined) return stricter === wider;
    return isStricter(stricter, wider);
  });
}

type ModelMatch = Extract<RegistryMatch, { readonly model: string }>;

function isLessOfModel(one: ModelMatch, other: ModelMatch): boolean {
  return (
    one.model === other.model &&
    one.maxOutputTokens <= other.maxOutputTokens &&
    one.apis.every((api) => other.apis.includes(api)) &&
    one.allows.every((feature) => other.allows.includes(feature))
  );
}

function partsThatDiffer(was: RegistryMatch, is: RegistryMatch): string {
  const [one, other] = [was, is].map((match) => ("method" in match ? match : {})) as [Parts, Parts];
  return (["query", "body"] as const).filter((part) => !sameJson(one[part], other[part])).join(" and another ");
}

interface Parts {
  readonly query?: JsonSchema | undefined;
  readonly body?: JsonSchema | undefined;
}

function witnessOf(match: RegistryMatch): string {
  if (!("method" in match)) return requestText(match);
  const parts = (["query", "body"] as const).flatMap((part) =>
    match[part] === undefined ? [] : [`a ${part} that satisfies ${brief(JSON.stringify(match[part]))}`],
  );
  return `${match.method} ${brief(match.path)}${withParts(parts)}`;
}

function requestText(match: RegistryMatch): string {
  if ("tool" in match) return `the tool ${brief(match.tool)}`;
  if ("model" in match) return modelText(match);
  const parts = (["query", "body"] as const).filter((part) => match[part] !== undefined);
  return `${match.method} ${brief(match.path)}${withParts(parts.map((part) => `a ${part}`))}`;
}

function modelText({ model, apis, maxOutputTokens, allows }: ModelMatch): string {
  const asked = `the model ${brief(model)} by ${apis.join(" or ")}, up to ${maxOutputTokens} tokens an answer`;
  return allows.length === 0 ? asked : `${asked}, with ${allows.join(", ")}`;
}

function withParts(parts: readonly string[]): string {
  return parts.length === 0 ? "" : ` with ${parts.join(" and ")}`;
}
