import type { TerraformStack } from "cdktf";
import { refuse, shown } from "../../domain";
import { withoutScheme } from "../../domain/issuer-address";
import type { KnownIssuers } from "../guardrails/issuers";
import { judgeStack } from "../guardrails/judge";
import { refuseAny } from "../guardrails/refusal";
import { RULES } from "../guardrails/rules";
import { StackJson } from "../guardrails/stack";
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
  const judgement = judgeStack(judged, { rules: RULES, now: clock.now() });
  refuseAny(judgement, `stack ${shown(stack.node.id)}`);
  return json;
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
