import { type Judgement, joined, judgeAgents, judgeStack } from "../../constructs/guardrails/judge";
import { ofRules } from "../../constructs/guardrails/of-rules";
import type { Rule } from "../../constructs/guardrails/rule";
import type { StackJson } from "../../constructs/guardrails/stack";
import { stacksTogether } from "../../constructs/guardrails/stacks-together";
import type { BlockBody } from "../../constructs/guardrails/value";
import type { RegistryDocument } from "../../domain";

/** What a folder holds, as far as guardrails judge it */
export interface Linted {
  /** Terraform JSON of each stack, by its name */
  readonly stacks: ReadonlyMap<string, readonly BlockBody[]>;
  /** Left out if the folder has none */
  readonly registry?: RegistryDocument | undefined;
  /** The text that an expression stands for, where a reader knows it */
  readonly evaluate?: ((stack: string, address: string, attribute: string) => string | undefined) | undefined;
  /** The platform's images by name, as the one who runs the lint knows them; the folder is not asked */
  readonly images?: Readonly<Record<string, string>> | undefined;
  /** File and line of an agent's declaration, where they are known */
  readonly sourceOf?: ((agent: string) => string | undefined) | undefined;
  /** What could not be read, as `<place>: <why>` */
  readonly unread: readonly string[];
}

export interface LintReport extends Judgement {
  readonly rules: readonly Rule[];
  /** What was judged: a report over nothing is no good news */
  readonly judged: { readonly stacks: number; readonly blocks: number; readonly agents: number };
  readonly unread: readonly string[];
  /** Whether nothing is refused, each acknowledgement counts, and everything was read and judged */
  readonly isClean: boolean;
}

/** Judge everything that a folder holds by the rules that synth uses. */
export function lint(folder: Linted, rules: readonly Rule[], now: Date): LintReport {
  const { evaluate, images, registry, sourceOf, unread } = folder;
  const evaluateIn = (name: string): StackJson["evaluate"] | undefined =>
    evaluate && ((block, attribute) => evaluate(name, block.address, attribute));
  const stacks = stacksTogether(folder.stacks, evaluateIn, images, registry);
  const judgement = ofRules(
    joined([
      ...stacks.map((stack) => judgeStack(stack, { rules, now })),
      ...(registry === undefined ? [] : [judgeAgents(registry, { rules, now }, sourceOf)]),
    ]),
    rules,
  );
  const judged = {
    stacks: stacks.length,
    blocks: stacks.reduce((sum, { blocks }) => sum + blocks.length, 0),
    agents: Object.keys(registry?.agents ?? {}).length,
  };
  const told = judgement.refused.length + judgement.void.length + judgement.malformed.length + unread.length;
  const isClean = told === 0 && judged.blocks + judged.agents > 0;
  return { ...judgement, rules, judged, unread, isClean };
}
