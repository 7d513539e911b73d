import type { Acknowledgement } from "../../domain/acknowledgement";
import { byText } from "../../domain/by-text";
import { acknowledgementsIn } from "../../domain/written-acknowledgements";
import type { Unknown } from "../change";
import { brief } from "../reach/declared/registry";
import { isObject, asList, type Json, type JsonObject } from "../read/json";
import type { Estate } from "../read/resource";

/** The place of an acknowledged guardrail finding */
interface Acknowledged {
  /** `<stack>/<address of the block>` */
  readonly address: string;
  readonly acknowledgement: Acknowledgement;
}

/** Acknowledgements of guardrail findings that are new or changed in head: each must be approved. */
export function acknowledgementUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  const known = new Set(acknowledgedIn(base).map(textOf));
  return acknowledgedIn(head)
    .filter((one) => !known.has(textOf(one)))
    .map(({ address, acknowledgement: { finding, owner, reason, expires } }) => ({
      what: `${brief(address.slice(address.indexOf("/") + 1))} has ${brief(finding)}, which is acknowledged`,
      why: `the guardrail refuses it until ${brief(owner)} answered for it, until ${expires}: ${brief(reason)}`,
      source: { address },
    }))
    .sort((one, other) => byText(one.what, other.what));
}

function textOf({ address, acknowledgement: { finding, hash, owner, reason, expires } }: Acknowledged): string {
  return JSON.stringify([address, finding, hash, owner, reason, expires]);
}

function acknowledgedIn({ written }: Estate): readonly Acknowledged[] {
  return [...written].flatMap(([stack, documents]) => documents.flatMap((json) => [...within(json, [stack], 0)]));
}

/** Most labels of a block: `resource`, type and name; in a check those of its data source, behind its own */
const DEEPEST = 4;
const DEEPEST_IN_CHECK = 5;

function* within(json: JsonObject, path: readonly string[], depth: number): Generator<Acknowledged> {
  const comment = json["//"];
  if (isObject(comment)) {
    for (const acknowledgement of acknowledgementsIn(comment)) {
      yield { address: addressOf(path), acknowledgement };
    }
  }
  if (depth === (path[1] === "check" ? DEEPEST_IN_CHECK : DEEPEST)) return;
  for (const [key, value] of Object.entries(json)) {
    if (key === "//") continue;
    for (const each of asList(value as Json)) if (isObject(each)) yield* within(each, [...path, key], depth + 1);
  }
}

/** As Terraform writes it, without the stack and, for a resource, without the word `resource` */
function addressOf([stack = "", section, ...labels]: readonly string[]): string {
  const named = section === "resource" ? labels : [section ?? "", ...labels];
  return `${stack}/${named.join(".")}`;
}
