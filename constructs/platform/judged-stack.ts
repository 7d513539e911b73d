import type { TerraformStack } from "cdktf";
import { refuse, shown } from "../../domain";
import { withoutScheme } from "../../domain/issuer-address";
import { judgeStack } from "../guardrails/judge";
import { refuseAny } from "../guardrails/refusal";
import { RULES } from "../guardrails/rules";
import { StackJson } from "../guardrails/stack";
import type { BlockBody } from "../guardrails/value";
import type { Platform } from "./platform";

type Json = ReturnType<TerraformStack["toTerraform"]>;

/** What a judgement needs of a platform */
type JudgingPlatform = Pick<Platform, "clock" | "cluster" | "images" | "issuer">;

/**
 * What Terraform reads of a stack, judged by the guardrails
 *
 * @throws DeclarationError `guardrail.violated` with all findings that are not acknowledged
 */
export function judgedJson(stack: TerraformStack, json: Json, platform: JudgingPlatform): Json {
  const { clock, cluster, images, issuer } = platform;
  const issuers = {
    workloads: withoutScheme(issuer),
    cluster: withoutScheme(cluster.oidcIssuer),
    by: "platform",
  } as const;
  const judged = StackJson.of(stack.node.id, json as BlockBody, undefined, images, () => issuers);
  const judgement = judgeStack(judged, { rules: RULES, now: clock.now() });
  refuseAny(judgement, `stack ${shown(stack.node.id)}`);
  return json;
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
export function judgeWhenRendered(stack: TerraformStack, platform: JudgingPlatform): void {
  if (JUDGED.has(stack)) return;
  JUDGED.add(stack);
  const render = stack.toTerraform.bind(stack);
  stack.toTerraform = () => judgedJson(stack, render() as Json, platform);
  stack.toHclTerraform = () => refuseHcl(stack);
}
