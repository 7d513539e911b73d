import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { refuse, shown } from "../../domain";
import { withoutScheme } from "../../domain/issuer-address";
import type { KnownIssuers } from "../guardrails/issuers";
import { joined, judgeStack } from "../guardrails/judge";
import { refuseAny } from "../guardrails/refusal";
import { ofRules } from "../guardrails/of-rules";
import { isBlockRule } from "../guardrails/rule";
import { RULES } from "../guardrails/rules";
import { StackJson } from "../guardrails/stack";
import { besideOneAnother } from "../guardrails/stacks-together";
import type { BlockBody } from "../guardrails/value";
import type { Platform } from "./platform";

type Json = ReturnType<TerraformStack["toTerraform"]>;

/** What a judgement needs of a platform; stacks without one are judged by what they say themselves */
type JudgingPlatform = Pick<Platform, "clock"> & Partial<Pick<Platform, "cluster" | "images" | "issuer">>;

type Agents = StackJson["agents"];

/**
 * What Terraform reads of a stack, judged by the guardrails
 *
 * @param agents roles of the fleet's agents
 * @throws DeclarationError `guardrail.violated` with all findings that are not acknowledged
 */
export function judgedJson(stack: TerraformStack, json: Json, platform: JudgingPlatform, agents?: Agents): Json {
  const { clock, images } = platform;
  const issuers = issuersOf(platform);
  const judged = StackJson.of(stack.node.id, json as BlockBody, undefined, images, issuers && (() => issuers), agents);
  const now = clock.now();
  refuseAny(ofRules(judgeStack(judged, { rules: OF_STACK, now }), OF_STACK), `stack ${shown(stack.node.id)}`);
  judgeTogether(stack, judged, now);
  return json;
}

const ACROSS = RULES.filter((rule) => isBlockRule(rule) && rule.isAcrossStacks === true);
const OF_STACK = RULES.filter((rule) => !ACROSS.includes(rule));

/** The stacks of an app in one synth: those that are still to be rendered, and those that were judged by themselves */
interface Synth {
  readonly waiting: Set<TerraformStack>;
  readonly judged: StackJson[];
}

/** By the root of the app */
const SYNTHS = new WeakMap<IConstruct, Synth>();

/** Have the stacks of an app judged together, once the last of them is rendered. */
export function awaitStacks(root: IConstruct, stacks: readonly TerraformStack[]): void {
  SYNTHS.set(root, { waiting: new Set(stacks), judged: [] });
}

/**
 * What rules find that look at all stacks of an app. A stack that is rendered outside of a synth is judged alone.
 *
 * @throws DeclarationError `guardrail.violated`
 */
function judgeTogether(stack: TerraformStack, judged: StackJson, now: Date): void {
  const { root } = stack.node;
  const { waiting, judged: before } = SYNTHS.get(root) ?? { waiting: new Set([stack]), judged: [] };
  if (!waiting.delete(stack)) return;
  before.push(judged);
  if (waiting.size > 0) return;
  SYNTHS.delete(root);
  const names = before.map(({ name }) => shown(name)).join(", ");
  const judgement = joined(besideOneAnother(before).map((each) => judgeStack(each, { rules: ACROSS, now })));
  refuseAny(ofRules(judgement, ACROSS), before.length === 1 ? `stack ${names}` : `stacks ${names}`);
}

function issuersOf({ cluster, issuer }: JudgingPlatform): KnownIssuers | undefined {
  if (cluster === undefined || issuer === undefined) return undefined;
  return { workloads: withoutScheme(issuer), cluster: withoutScheme(cluster.oidcIssuer), by: "platform" };
}

/**
 * Guardrails read JSON, and HCL leaves out some overrides: what would be judged is not what is deployed.
 *
 * @throws DeclarationError `guardrail.violated`
 */
export function refuseHcl(stack: TerraformStack): never {
  const sentence = "guardrails judge Terraform JSON alone: unset SYNTH_HCL_OUTPUT, and write no HCL";
  return refuse("guardrail.violated", `stack ${shown(stack.node.id)}`, sentence);
}

const JUDGED = new WeakSet<TerraformStack>();

/** Have a stack of another class judged whenever it is rendered. */
export function judgeWhenRendered(stack: TerraformStack, platform: JudgingPlatform, agents?: Agents): void {
  if (JUDGED.has(stack)) return;
  JUDGED.add(stack);
  const render = stack.toTerraform.bind(stack);
  stack.toTerraform = () => judgedJson(stack, render() as Json, platform, agents);
  stack.toHclTerraform = () => refuseHcl(stack);
}
