import { createHash } from "node:crypto";
import type { CedarPolicy } from "../../../policies/cedar-sources";
import { policyToJson, preparsePolicySet } from "../../../policies/cedar-wasm";
import type { CedarQuestion } from "./facts";
import { type Guard, guardOf } from "./guard";

/**
 * A set is made, in milliseconds and some 150 kB, when the first question of its kind comes. Beyond so many kinds all policies
 * are asked, which say the same.
 */
export const MOST_KINDS = 128;

const parsed = new Set<string>();
const guards = new Map<string, Guard>();

/**
 * Cedar copies and evaluates every policy of a set: with all of them, that is half of a decision's time. So a question is put to those
 * policies only that can be satisfied: a policy that begins with `context has x` says nothing where there is no x.
 */
export class PolicySets {
  private readonly guards: readonly (readonly [policy: CedarPolicy, guard: Guard])[];
  private readonly names: readonly string[];
  private readonly whole: string;
  private readonly sets = new Map<string, string>();

  /** @throws Error where a policy is none */
  constructor(policies: readonly CedarPolicy[]) {
    this.guards = policies.map((policy) => [policy, guardIn(policy)]);
    this.names = [...new Set(this.guards.flatMap(([, { has, lacks }]) => [...has, ...lacks]))].sort();
    this.whole = preparse(policies);
  }

  /** Name of the preparsed set that answers the question as all policies do */
  public setFor({ action, context }: CedarQuestion): string {
    let kind: string = action.id;
    for (const name of this.names) kind += Object.hasOwn(context, name) ? "1" : "0";
    const known = this.sets.get(kind);
    if (known !== undefined) return known;
    if (this.sets.size >= MOST_KINDS) return this.whole;
    const possible = this.guards.filter(([, guard]) => guard.admits(action.id, context));
    const set = preparse(possible.map(([policy]) => policy));
    this.sets.set(kind, set);
    return set;
  }
}

/** Policies with one text, also of another engine, are read once. */
function guardIn({ id, text }: CedarPolicy): Guard {
  const known = guards.get(text);
  if (known !== undefined) return known;
  const answer = policyToJson(text);
  if (answer.type === "failure") throw new Error(`${id} is no Cedar policy: ${answer.errors[0]?.message}`);
  const guard = guardOf(answer.json);
  guards.set(text, guard);
  return guard;
}

/** Cedar keeps what it has parsed for good: equal sets, also of another engine, are parsed once. */
function preparse(policies: readonly CedarPolicy[]): string {
  const texts = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  if (Object.keys(texts).length < policies.length) throw new Error("each policy must have an id of its own");
  const name = createHash("sha256").update(JSON.stringify(texts)).digest("hex");
  if (parsed.has(name)) return name;
  const answer = preparsePolicySet(name, { staticPolicies: texts });
  if (answer.type === "failure") throw new Error(`the policies are no Cedar: ${answer.errors[0]?.message}`);
  parsed.add(name);
  return name;
}
