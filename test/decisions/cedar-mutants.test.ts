import type { DecisionInput } from "../../domain";
import { type CedarSources, cedarSources } from "../../policies/cedar-sources";
import { CedarEngine } from "../../runtime/decision/cedar/cedar-engine";
import { DRAW_SEED, IS_DEEP } from "../support/depth";
import { byCedar } from "../support/decisions/answerers";
import type { DecisionCase } from "../support/decisions/cases";
import { caseThatFails } from "../support/decisions/mutants";
import { examplePolicy } from "../support/decisions/policy";

const sources = cedarSources();

function withPolicies(policies: CedarSources["policies"]) {
  const answer = byCedar(new CedarEngine({ policy: examplePolicy, revision: 0, sources: { ...sources, policies } }));
  return (one: DecisionCase) => answer({ ...one, input: one.input as DecisionInput });
}

const without = (id: string) => withPolicies(sources.policies.filter((policy) => policy.id !== id));

test("no case fails with all policies", async () => {
  expect(await caseThatFails("", without(""))).toBeUndefined();
});

test.each(sources.policies.map(({ id }) => [id]))("a case fails without %s", async (id) => {
  expect(await caseThatFails(id.replace("observed:", ""), without(id))).toBeDefined();
});

const FLIPPED: Readonly<Record<string, string>> = { ">=": ">", ">": ">=", "<=": "<", "<": "<=" };
/** The end of the observation and the limit of the mark are also in the rule that then refuses, so their bounds are equivalent here. */
const WHEN_OBSERVED = /context\.(?:time < context\.observeUntil|mark < 2)/g;

interface Bound {
  readonly id: string;
  readonly place: number;
  readonly bound: string;
  /** The policy with this comparison off by one */
  readonly moved: string;
}

const bounds = sources.policies.flatMap(({ id, text }): Bound[] => {
  const blanked = id.startsWith("observed:") ? text.replace(WHEN_OBSERVED, (all) => "_".repeat(all.length)) : text;
  return [...blanked.matchAll(/(?<= )[<>]=?(?= )/g)].map(({ 0: bound, index }, place) => {
    const moved = `${text.slice(0, index)}${FLIPPED[bound]}${text.slice(index + bound.length)}`;
    return { id, place, bound, moved };
  });
});

test("the rules compare", () => {
  expect(bounds.length).toBeGreaterThan(20);
});

/** All of them when drawn deeply; otherwise each fourth, as each asks every case again */
const drawn = IS_DEEP ? bounds : bounds.filter((_, at) => at % 4 === DRAW_SEED % 4);

test.each(drawn.map((one) => [one.id, one.place, one.bound, one] as const))(
  "a case fails where %s, comparison %i, is off by one at %s",
  async (id, _, __, { moved }) => {
    const policies = sources.policies.map((policy) => (policy.id === id ? { ...policy, text: moved } : policy));
    expect(await caseThatFails(id.replace("observed:", ""), withPolicies(policies))).toBeDefined();
  },
);
