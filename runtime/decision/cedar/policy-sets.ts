import { createHash } from "node:crypto";
import type { CedarPolicy } from "../../../policies/cedar-sources";
import { policyToJson, preparsePolicySet } from "../../../policies/cedar-wasm";
import type { CedarQuestion } from "./facts";
import { type Guard, guardOf } from "./guard";
import { type Comparison, comparisonsIn } from "./moving-facts";

/**
 * A set is made, in milliseconds and some 150 kB, when the first question of its kind comes. Beyond so many kinds all policies
 * are asked, which say the same.
 */
export const MOST_KINDS = 128;

const parsed = new Set<string>();
const read = new Map<string, ReadPolicy>();

/** What is known of a policy from its JSON */
interface ReadPolicy {
  readonly guard: Guard;
  readonly comparisons: readonly Comparison[] | undefined;
}

/**
 * Cedar copies and evaluates every policy of a set, which takes half of a decision's time. So a request is evaluated
 * only against policies that can apply: one that begins with `context has x` cannot without x.
 */
export class PolicySets {
  /** Comparisons with moving facts; undefined if a policy uses one in another way */
  public readonly comparisons: readonly Comparison[] | undefined;
  private readonly guards: readonly (readonly [policy: CedarPolicy, guard: Guard])[];
  private readonly names: readonly string[];
  private readonly whole: string;
  private readonly sets = new Map<string, string>();

  /** @throws Error if a policy is malformed */
  constructor(policies: readonly CedarPolicy[]) {
    const known = policies.map(readOf);
    this.guards = policies.map((policy, index) => [policy, (known[index] as ReadPolicy).guard]);
    const comparisons = known.map((each) => each.comparisons);
    this.comparisons = comparisons.includes(undefined) ? undefined : distinct(comparisons as Comparison[][]);
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
function readOf({ id, text }: CedarPolicy): ReadPolicy {
  const known = read.get(text);
  if (known !== undefined) return known;
  const answer = policyToJson(text);
  if (answer.type === "failure") throw new Error(`${id} is no Cedar policy: ${answer.errors[0]?.message}`);
  const found = { guard: guardOf(answer.json), comparisons: comparisonsIn(answer.json) };
  read.set(text, found);
  return found;
}

function distinct(comparisons: readonly (readonly Comparison[])[]): readonly Comparison[] {
  return [...new Map(comparisons.flat().map((each) => [JSON.stringify(each), each])).values()];
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
