import { KeyValues } from "../../conditions/key-values";
import { DATA_ACTIONS } from "../../data/data-actions";
import type { Budget } from "../../sets/budget";
import type { AccessRequest } from "../access";
import type { Box } from "./box";
import { Texts } from "./texts";

/** A request, and what it takes for it to be an answer */
export interface Finding {
  readonly witness: AccessRequest;
  readonly certain: boolean;
  readonly unknown: readonly string[];
}

/** Actions that a reader knows, where a pattern leaves open which */
const KNOWN_ACTIONS = ["iam:CreateUser", ...DATA_ACTIONS, "sts:AssumeRole", "lambda:InvokeFunction", "sqs:SendMessage"];

/**
 * One request of `box`, and what it takes for its claims to be true.
 *
 * @param namesPrincipal whether the allowing statement names principals: then any of them, if none is known
 */
export function witnessOf(box: Box, namesPrincipal: boolean, budget: Budget): Finding {
  const texts = new Map<string, Texts>();
  const keys: [string, readonly string[]][] = [];
  for (const [dimension, { values, key }] of box.spaces) {
    if (values instanceof KeyValues) keys.push([key as string, values.example(budget) ?? []]);
    else texts.set(dimension, values);
  }
  const principal = texts.get("principal")?.example ?? (namesPrincipal ? "*" : undefined);
  const witness: AccessRequest = {
    action: (texts.get("action") ?? Texts.anything).preferring(KNOWN_ACTIONS),
    resource: texts.get("resource")?.example ?? "*",
    ...(principal !== undefined && { principal }),
    keys: Object.fromEntries(keys.filter(([, values]) => values.length > 0).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const unknown = [...box.spaces.values()].flatMap((space) => space.unknownOf(witness));
  return { witness, certain: unknown.length === 0, unknown: [...new Set(unknown)].sort() };
}
